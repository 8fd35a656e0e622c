import { describe, expect, it } from 'vitest';
import { createSlices } from '../../src/runtime/slices.js';

/** Slices on a clock that goes on by a millisecond with each step of work, and what was done in which turn. */
function sliced() {
  let now = 0;
  const turns: string[][] = [[]];
  const run = createSlices({
    monotonicMs: () => now,
    yieldToEventLoop: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      turns.push([]);
    },
  });
  function* work(name: string, steps: number): Generator<void, string> {
    for (let step = 0; step < steps; step += 1) {
      now += 1;
      turns.at(-1)?.push(name);
      yield;
    }
    return name;
  }
  return { run, work, turns };
}

describe('long work in slices', () => {
  it('has four milliseconds of a turn, however many works are under way, each in its turn', async () => {
    const { run, work, turns } = sliced();
    const ended: string[] = [];
    const all = ['a', 'b', 'c'].map((name, index) =>
      run(work(name, name === 'c' ? 3 : 6 + index)).then((each) => ended.push(each)),
    );
    await Promise.all(all);
    // What each does before its first pause it does at once.
    expect(turns).toEqual([['a', 'b', 'c'], [...'aaaa'], [...'bbbb'], ['c', 'c'], ['a'], ['b', 'b']]);
    expect(ended).toEqual(['c', 'a', 'b']);
    expect(await run(work('later', 6))).toBe('later');
  });

  it('waits for no turn if it ends without a pause', async () => {
    const { run, work, turns } = sliced();
    expect(await run(work('short', 0))).toBe('short');
    expect(turns).toEqual([[]]);
  });

  it('that fails rejects, and the others go on', async () => {
    const { run, work } = sliced();
    const failing = function* (): Generator<void, never> {
      yield;
      throw new Error('It broke.');
    };
    const [broken, whole] = await Promise.allSettled([run(failing()), run(work('whole', 9))]);
    expect(broken).toMatchObject({ status: 'rejected', reason: { message: 'It broke.' } });
    expect(whole).toMatchObject({ value: 'whole' });
  });
});
