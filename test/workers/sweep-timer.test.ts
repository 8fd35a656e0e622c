import { beforeEach, describe, expect, it } from 'vitest';
import { type SweepOptions, startSweep } from '../../src/workers/sweep.js';
import { fakeRuntime } from '../support/fake-runtime.js';
import { latch } from '../support/until.js';

const EVERY_MS = 1_000;

let time = fakeRuntime();
beforeEach(() => {
  time = fakeRuntime();
});

function startCounting(options: Partial<SweepOptions> = {}) {
  const counted = { sweeps: 0, problems: [] as unknown[] };
  const sweep = startSweep({
    intervalMs: EVERY_MS,
    run: async () => {
      counted.sweeps += 1;
    },
    onProblem: (problem) => counted.problems.push(problem),
    runtime: { ...time, random: () => 0.5 },
    ...options,
  });
  return { sweep, counted };
}

describe('a sweep', () => {
  it('comes after each interval', async () => {
    const { counted } = startCounting();
    await time.advance(EVERY_MS - 1);
    expect(counted.sweeps).toBe(0);
    await time.advance(1 + 2 * EVERY_MS);
    expect(counted.sweeps).toBe(3);
  });

  it('comes a fifth earlier or later by chance, each time anew', async () => {
    const chances = [0, 0.999, 0];
    const at: number[] = [];
    const begun = time.wallClockMs();
    startCounting({
      runtime: { ...time, random: () => chances.shift() ?? 0.5 },
      run: async () => void at.push(time.wallClockMs() - begun),
    });
    await time.advance(3 * EVERY_MS);
    expect(at.map((ms) => Math.round(ms / 100))).toEqual([8, 20, 28]);
  });

  it('is not joined by another while it lasts', async () => {
    const { open, passed } = latch();
    let sweeps = 0;
    startCounting({
      run: async () => {
        sweeps += 1;
        await passed;
      },
    });
    await time.advance(10 * EVERY_MS);
    expect(sweeps).toBe(1);
    open();
    await time.advance(EVERY_MS);
    expect(sweeps).toBe(2);
  });

  it('that fails is told of, and the next one comes', async () => {
    const problem = new Error('the database is away');
    const { counted } = startCounting({
      run: () => {
        throw problem;
      },
    });
    await time.advance(2 * EVERY_MS);
    expect(counted.problems).toEqual([problem, problem]);
  });

  it('that is stopped is told to end, is waited for, and is the last', async () => {
    let sweeps = 0;
    const { sweep } = startCounting({
      run: (signal) => {
        sweeps += 1;
        return new Promise((resolve) => signal.addEventListener('abort', () => time.setTimer(50, resolve)));
      },
    });
    await time.advance(EVERY_MS);
    let stopped = false;
    const stopping = sweep.stop().then(() => {
      stopped = true;
    });
    await time.advance(49);
    expect(stopped).toBe(false);
    await time.advance(1);
    await stopping;
    await time.advance(10 * EVERY_MS);
    expect([sweeps, time.timers()]).toEqual([1, 0]);
  });
});
