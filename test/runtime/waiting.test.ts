import { beforeEach, describe, expect, it } from 'vitest';
import { retry } from '../../src/runtime/retry.js';
import { asPromise, repeat, sleep, within } from '../../src/runtime/waiting.js';
import { fakeRuntime } from '../support/fake-runtime.js';

let time = fakeRuntime();
beforeEach(() => {
  time = fakeRuntime();
});

describe('asPromise', () => {
  it('gives what the work gives, now or later', async () => {
    expect(await asPromise(() => 'now')).toBe('now');
    expect(await asPromise(async () => 'later')).toBe('later');
  });

  it('rejects with what the work throws at once', async () => {
    const work = (): string => {
      throw new Error('failed');
    };
    await expect(asPromise(work)).rejects.toThrow('failed');
  });
});

describe('sleep', () => {
  it('resolves after its time', async () => {
    let isOver = false;
    void sleep(time, 100).then(() => {
      isOver = true;
    });
    await time.advance(99);
    expect(isOver).toBe(false);
    await time.advance(1);
    expect(isOver).toBe(true);
  });

  it('rejects with the reason of a signal, and leaves no timer', async () => {
    const reason = new Error('stop');
    const controller = new AbortController();
    const slept = expect(sleep(time, 100, controller.signal)).rejects.toBe(reason);
    controller.abort(reason);
    await slept;
    await expect(sleep(time, 100, controller.signal)).rejects.toBe(reason);
    expect(time.timers()).toBe(0);
  });
});

describe('within', () => {
  const problem = () => new Error('too late');

  it('gives what the work gives, or fails with, and leaves no timer', async () => {
    expect(await within(time, 100, Promise.resolve('done'), problem)).toBe('done');
    await expect(within(time, 100, Promise.reject(new Error('failed')), problem)).rejects.toThrow('failed');
    expect(time.timers()).toBe(0);
  });

  it('fails with the problem when the work takes longer', async () => {
    await expect(time.finish(within(time, 100, new Promise(() => {}), problem))).rejects.toThrow('too late');
    expect(time.monotonicMs()).toBe(100);
  });
});

it('what is repeated comes at each interval, until it is cleared', async () => {
  const at: number[] = [];
  const repeated = repeat(time, 100, () => at.push(time.monotonicMs()));
  await time.advance(350);
  repeated.clear();
  await time.advance(350);
  expect([at, time.timers()]).toEqual([[100, 200, 300], 0]);
});

describe('retry', () => {
  const failing = (at: number[]) => async () => {
    at.push(time.monotonicMs());
    throw new Error(`attempt ${at.length}`);
  };

  it('doubles its delay each time, adds up to as much by chance, and fails with the last problem', async () => {
    const at: number[] = [];
    const none = { ...time, random: () => 0 };
    const retried = retry(none, failing(at), { maxRetries: 3, initialDelayMs: 100 });
    await expect(time.finish(retried)).rejects.toThrow('attempt 4');
    expect(at).toEqual([0, 100, 300, 700]);

    const late: number[] = [];
    const most = { ...time, random: () => 0.5 };
    const slower = retry(most, failing(late), { maxRetries: 2, initialDelayMs: 100 });
    await expect(time.finish(slower)).rejects.toThrow('attempt 3');
    expect(late.map((ms) => ms - 700)).toEqual([0, 150, 450]);
  });

  it('begins no attempt after its time', async () => {
    const at: number[] = [];
    const none = { ...time, random: () => 0 };
    const retried = retry(none, failing(at), { maxRetries: 9, initialDelayMs: 100, maxMs: 500 });
    await expect(time.finish(retried)).rejects.toThrow('attempt 4');
    expect(at).toEqual([0, 100, 300, 500]);
  });

  it('ends at once with a problem that is not worth another attempt', async () => {
    const at: number[] = [];
    const shouldRetry = () => at.length < 2;
    const retried = retry(time, failing(at), { maxRetries: 9, initialDelayMs: 100, shouldRetry });
    await expect(time.finish(retried)).rejects.toThrow('attempt 2');
  });

  it('stops waiting when its signal aborts', async () => {
    const at: number[] = [];
    const controller = new AbortController();
    const { signal } = controller;
    const retried = expect(
      retry(time, failing(at), { maxRetries: 9, initialDelayMs: 100, signal }),
    ).rejects.toThrow('stop');
    await time.advance(50);
    controller.abort(new Error('stop'));
    await retried;
    expect([at, time.timers()]).toEqual([[0], 0]);
  });
});
