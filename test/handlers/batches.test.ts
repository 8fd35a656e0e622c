import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inBatches } from '../../src/handlers/batches.js';

/** A function over batches that answers when the test says so, with what the test says. */
function heldBatches() {
  const batches: {
    readonly items: readonly string[];
    readonly answer: (answers?: readonly (string | Error)[]) => void;
    readonly fail: (problem: unknown) => void;
  }[] = [];
  const run = (items: readonly string[]) =>
    new Promise<readonly (string | Error)[]>((resolve, reject) => {
      const answer = (answers: readonly (string | Error)[] = items.map((item) => `${item}!`)) =>
        resolve(answers);
      batches.push({ items, answer, fail: reject });
    });
  return { run, batches, items: () => batches.map((batch) => batch.items) };
}

describe('calls in batches', () => {
  it('go at once when a statement may start, with those of the same turn and no others', async () => {
    const { run, batches, items } = heldBatches();
    const call = inBatches(run, { maxSize: 10, concurrency: 1 });
    const first = [call('a'), call('b')];
    await Promise.resolve();
    expect(items()).toEqual([['a', 'b']]);
    const later = call('c');
    batches[0]?.answer();
    expect(await Promise.all(first)).toEqual(['a!', 'b!']);
    await setImmediate();
    batches[1]?.answer();
    expect(await later).toBe('c!');
  });

  it('never wait for company: a single call is a batch of its own', async () => {
    const { run, batches, items } = heldBatches();
    const call = inBatches(run, { maxSize: 10, concurrency: 2 });
    const alone = call('a');
    await Promise.resolve();
    expect(items()).toEqual([['a']]);
    batches[0]?.answer();
    expect(await alone).toBe('a!');
  });

  it('that come while none may start share the next batch, in their order', async () => {
    const { run, batches, items } = heldBatches();
    const call = inBatches(run, { maxSize: 10, concurrency: 2 });
    const answers: Promise<string>[] = [];
    for (const item of ['a', 'b', 'c', 'd', 'e']) {
      answers.push(call(item));
      await setImmediate();
    }
    expect(items()).toEqual([['a'], ['b']]);
    batches[1]?.answer();
    await setImmediate();
    expect(items()).toEqual([['a'], ['b'], ['c', 'd', 'e']]);
    batches[0]?.answer();
    batches[2]?.answer();
    expect(await Promise.all(answers)).toEqual(['a!', 'b!', 'c!', 'd!', 'e!']);
  });

  it('are never more than maxSize in one batch, and batches never more than concurrency at once', async () => {
    const { run, batches, items } = heldBatches();
    const call = inBatches(run, { maxSize: 2, concurrency: 2 });
    const answers = Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(call));
    await setImmediate();
    expect(items()).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    batches[0]?.answer();
    await setImmediate();
    expect(items().slice(2)).toEqual([['e', 'f']]);
    batches[2]?.answer();
    await setImmediate();
    expect(items().slice(3)).toEqual([['g']]);
    batches[1]?.answer();
    batches[3]?.answer();
    expect(await answers).toEqual(['a!', 'b!', 'c!', 'd!', 'e!', 'f!', 'g!']);
  });

  it('get their own answer, whatever it is: null and undefined too', async () => {
    const call = inBatches(
      async (items: readonly number[]) => items.map((item) => [null, undefined, 0, false][item]),
      {
        maxSize: 10,
        concurrency: 1,
      },
    );
    expect(await Promise.all([0, 1, 2, 3].map(call))).toEqual([null, undefined, 0, false]);
  });

  it('are rejected alone by an error in the place of their answer', async () => {
    const { run, batches } = heldBatches();
    const call = inBatches(run, { maxSize: 10, concurrency: 1 });
    const answers = Promise.allSettled(['a', 'b', 'c'].map(call));
    await setImmediate();
    const problem = new Error('not b');
    batches[0]?.answer(['a!', problem, 'c!']);
    expect(await answers).toEqual([
      { status: 'fulfilled', value: 'a!' },
      { status: 'rejected', reason: problem },
      { status: 'fulfilled', value: 'c!' },
    ]);
  });

  it('are all rejected when their batch throws, and the next batch runs all the same', async () => {
    const { run, batches } = heldBatches();
    const call = inBatches(run, { maxSize: 2, concurrency: 1 });
    const answers = Promise.allSettled(['a', 'b', 'c'].map(call));
    await setImmediate();
    const problem = new Error('the database is away');
    batches[0]?.fail(problem);
    await setImmediate();
    batches[1]?.answer();
    expect(await answers).toEqual([
      { status: 'rejected', reason: problem },
      { status: 'rejected', reason: problem },
      { status: 'fulfilled', value: 'c!' },
    ]);
  });

  it('are rejected when there is no answer for them, and never left waiting', async () => {
    const { run, batches } = heldBatches();
    const call = inBatches(run, { maxSize: 10, concurrency: 1 });
    const answers = Promise.allSettled(['a', 'b'].map(call));
    await setImmediate();
    batches[0]?.answer(['a!']);
    expect(await answers).toMatchObject([
      { value: 'a!' },
      { status: 'rejected', reason: { message: 'The batch received too few answers.' } },
    ]);
  });

  it('survive a function that throws before it returns a promise', async () => {
    let runs = 0;
    const call = inBatches(
      (items: readonly string[]) => {
        runs += 1;
        if (runs === 1) throw new Error('a mistake');
        return Promise.resolve(items);
      },
      { maxSize: 10, concurrency: 1 },
    );
    await expect(call('a')).rejects.toThrow('a mistake');
    expect(await call('b')).toBe('b');
  });
});
