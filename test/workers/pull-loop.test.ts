import { beforeEach, describe, expect, it } from 'vitest';
import { sleep } from '../../src/runtime/waiting.js';
import { type PullLoopOptions, startPullLoop } from '../../src/workers/pull-loop.js';
import { fakeRuntime } from '../support/fake-runtime.js';

const POLL_MS = 1_000;

let time = fakeRuntime();
beforeEach(() => {
  time = fakeRuntime();
});

/** A queue of numbers, and work on each that ends when the test says so. */
function openQueue(waiting: number[] = [], options: Partial<PullLoopOptions<number>> = {}) {
  const limits: number[] = [];
  const begun: number[] = [];
  const problems: unknown[] = [];
  const finishers = new Map<number, () => void>();
  const loop = startPullLoop<number>({
    concurrency: 4,
    pollIntervalMs: POLL_MS,
    claim: async (limit) => {
      limits.push(limit);
      return waiting.splice(0, limit);
    },
    handle: (item) => {
      begun.push(item);
      return new Promise((resolve) => finishers.set(item, resolve));
    },
    onProblem: (problem) => problems.push(problem),
    runtime: { ...time, random: () => 0 },
    ...options,
  });
  return {
    loop,
    waiting,
    /** How many were asked for, at each claim. */
    limits,
    begun,
    problems,
    finish: async (...items: readonly number[]) => {
      for (const item of items) finishers.get(item)?.();
      await time.advance(0);
    },
  };
}

const now = () => time.advance(0);

describe('a loop that pulls', () => {
  it('takes at once, as much as it has capacity for, and handles it side by side', async () => {
    const queue = openQueue([1, 2, 3, 4, 5]);
    await now();
    expect([queue.limits[0], queue.begun]).toEqual([4, [1, 2, 3, 4]]);
  });

  it('takes again at once after a claim that brought less than it had capacity for, until one brings nothing', async () => {
    const brings = [[1], [2], []];
    const limits: number[] = [];
    const queue = openQueue([], {
      concurrency: 8,
      claim: async (limit) => {
        limits.push(limit);
        return brings.shift() ?? [];
      },
    });
    await now();
    expect([limits, queue.begun]).toEqual([
      [8, 7, 6],
      [1, 2],
    ]);
    await time.advance(POLL_MS - 1);
    expect(limits).toHaveLength(3);
    await time.advance(1);
    expect(limits).toHaveLength(4);
  });

  it('looks again after a poll when it found nothing', async () => {
    const queue = openQueue();
    await now();
    expect(queue.limits).toHaveLength(1);
    queue.waiting.push(1);
    await time.advance(POLL_MS - 1);
    expect(queue.begun).toEqual([]);
    await time.advance(1);
    expect(queue.begun).toEqual([1]);
  });

  it.each([
    [0, 1_000],
    [0.999, 1_249],
  ])(
    'waits up to a quarter more by chance (%d: %d ms), so that processes do not look in step',
    async (random, ms) => {
      const queue = openQueue([], { runtime: { ...time, random: () => random } });
      await now();
      await time.advance(ms - 1);
      expect(queue.limits).toHaveLength(1);
      await time.advance(2);
      expect(queue.limits).toHaveLength(2);
    },
  );

  it('claims in batches: again when half of its capacity is free, and not for each that ends', async () => {
    const queue = openQueue([1, 2, 3, 4, 5, 6]);
    await now();
    await queue.finish(1);
    expect(queue.limits).toEqual([4]);
    await queue.finish(2);
    expect([queue.limits, queue.begun]).toEqual([
      [4, 2],
      [1, 2, 3, 4, 5, 6],
    ]);
  });

  it('with much room takes again when 64 places are free, and does not leave half of it empty', async () => {
    const items = Array.from({ length: 1_200 }, (_, n) => n);
    const queue = openQueue([...items], { concurrency: 1_000 });
    await now();
    await queue.finish(...items.slice(0, 63));
    expect(queue.limits).toEqual([1_000]);
    await queue.finish(63);
    expect(queue.limits).toEqual([1_000, 64]);
    expect(queue.begun).toHaveLength(1_064);
  });

  it('with less than half of its capacity free claims for the rest at the next poll, whoever wakes it', async () => {
    const queue = openQueue([1, 2, 3]);
    await now();
    queue.waiting.push(4, 5);
    queue.loop.wake();
    await time.advance(POLL_MS / 2);
    expect(queue.begun).toEqual([1, 2, 3]);
    // Whoever goes on waking it does not put the poll off either.
    queue.loop.wake();
    await time.advance(POLL_MS / 2);
    expect([queue.limits, queue.begun]).toEqual([
      [4, 1],
      [1, 2, 3, 4],
    ]);
    await time.advance(10 * POLL_MS);
    expect(queue.limits, 'there is no capacity left').toEqual([4, 1]);
    await queue.finish(1, 2);
    expect(queue.begun).toEqual([1, 2, 3, 4, 5]);
  });

  it('that handles one at a time takes the next when that one is done', async () => {
    const queue = openQueue([1, 2], { concurrency: 1 });
    await now();
    expect(queue.begun).toEqual([1]);
    await time.advance(10 * POLL_MS);
    expect(queue.begun).toEqual([1]);
    await queue.finish(1);
    expect(queue.begun).toEqual([1, 2]);
  });

  it('never holds more than it may', async () => {
    let held = 0;
    let most = 0;
    let left = 200;
    const { loop } = openQueue([], {
      claim: async (limit) => Array.from({ length: Math.min(limit, left) }, () => left--),
      handle: async () => {
        held += 1;
        most = Math.max(most, held);
        await sleep(time, 1 + (left % 7));
        held -= 1;
      },
    });
    await time.advance(10_000);
    expect([most, left, await loop.watch()()]).toEqual([4, 0, true]);
  });

  it('looks at once when it is woken', async () => {
    const queue = openQueue();
    await now();
    queue.waiting.push(1);
    queue.loop.wake();
    await now();
    expect(queue.begun).toEqual([1]);
  });

  it('does not miss to be woken while it is taking', async () => {
    let answer = (_: readonly number[]) => {};
    const limits: number[] = [];
    const { loop } = openQueue([], {
      claim: (limit) => {
        limits.push(limit);
        return new Promise<readonly number[]>((resolve) => {
          answer = resolve;
        });
      },
    });
    await now();
    loop.wake();
    answer([]);
    await now();
    expect(limits).toHaveLength(2);
  });

  it('is not driven round and round by being woken once', async () => {
    const queue = openQueue();
    await now();
    queue.loop.wake();
    await now();
    expect(queue.limits).toHaveLength(2);
  });

  it('goes on after a problem with taking, at the next poll', async () => {
    const problem = new Error('the database is away');
    let takes = 0;
    const queue = openQueue([], {
      claim: async () => {
        takes += 1;
        if (takes === 1) throw problem;
        return takes === 2 ? [1] : [];
      },
    });
    await now();
    expect([takes, queue.problems]).toEqual([1, [problem]]);
    await time.advance(POLL_MS);
    expect(queue.begun).toEqual([1]);
  });

  it('goes on after a problem with one item, and has its place free again', async () => {
    const problem = new Error('a mistake');
    const handled: number[] = [];
    const queue = openQueue([1, 2], {
      concurrency: 1,
      handle: async (item) => {
        handled.push(item);
        if (item === 1) throw problem;
      },
    });
    await now();
    expect([handled, queue.problems]).toEqual([[1, 2], [problem]]);
  });

  it('survives functions that throw before they return a promise', async () => {
    const problems: unknown[] = [];
    let takes = 0;
    const queue = openQueue([], {
      claim: () => {
        takes += 1;
        if (takes === 1) throw 'no take';
        return Promise.resolve(takes === 2 ? [1] : []);
      },
      handle: () => {
        throw 'no work';
      },
      onProblem: (problem) => problems.push(problem),
    });
    await time.advance(2 * POLL_MS);
    expect(problems).toEqual(['no take', 'no work']);
    expect(takes, 'one that throws, one that brings something, and after each poll one that does not').toBe(
      4,
    );
    expect(await queue.loop.watch()()).toBe(true);
  });
});

describe('a loop that stops', () => {
  const stopping = (loop: { readonly stop: () => Promise<void> }) => {
    const state = { over: false };
    void loop.stop().then(() => {
      state.over = true;
    });
    return state;
  };

  it('takes no more and waits for what it holds', async () => {
    const queue = openQueue([1, 2]);
    await now();
    const stop = stopping(queue.loop);
    queue.waiting.push(3);
    await time.advance(10 * POLL_MS);
    expect([stop.over, queue.begun]).toEqual([false, [1, 2]]);
    await queue.finish(1);
    expect(stop.over).toBe(false);
    await queue.finish(2);
    expect([stop.over, queue.begun]).toEqual([true, [1, 2]]);
  });

  it('handles what it was just taking: nobody else can', async () => {
    let answer = (_: readonly number[]) => {};
    const queue = openQueue([], {
      claim: () =>
        new Promise<readonly number[]>((resolve) => {
          answer = resolve;
        }),
    });
    await now();
    const wasIdle = queue.loop.watch();
    const stop = stopping(queue.loop);
    answer([1]);
    expect(await wasIdle(), 'it was about to hold something').toBe(false);
    await now();
    expect([stop.over, queue.begun]).toEqual([false, [1]]);
    await queue.finish(1);
    expect(stop.over).toBe(true);
  });

  it('is over at once when it holds nothing, whether it waits for a poll or for room', async () => {
    const idle = openQueue();
    await now();
    expect(await idle.loop.watch()()).toBe(true);
    const stop = stopping(idle.loop);
    await now();
    expect(stop.over).toBe(true);

    const full = openQueue([1, 2, 3, 4]);
    await now();
    const stopFull = stopping(full.loop);
    await full.finish(1, 2, 3, 4);
    expect(stopFull.over).toBe(true);
    expect(full.limits).toEqual([4]);
  });

  it('is over even if what it held failed', async () => {
    const queue = openQueue([1], {
      handle: async () => {
        throw new Error('a mistake');
      },
    });
    await now();
    const stop = stopping(queue.loop);
    await now();
    expect([stop.over, queue.problems.length]).toEqual([true, 1]);
  });
});
