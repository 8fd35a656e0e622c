import { beforeEach, describe, expect, it } from 'vitest';
import { systemRuntime } from '../../src/runtime/system-runtime.js';
import { createPoller } from '../../src/workers/poller.js';
import { fakeRuntime } from '../support/fake-runtime.js';
import { latch } from '../support/until.js';

const EVERY_MS = 2_000;

let time = fakeRuntime();
beforeEach(() => {
  time = fakeRuntime();
});

/** Poller that are over at once, unless told otherwise; `at` is when each began, in milliseconds from now. */
function countPolls(poll = async () => {}, intervalMs = EVERY_MS) {
  const begun = time.wallClockMs();
  const at: number[] = [];
  const poller = createPoller({
    runtime: time,
    intervalMs,
    poll: () => {
      at.push(time.wallClockMs() - begun);
      return poll();
    },
  });
  return { ...poller, at };
}

describe('a poller', () => {
  it('do not come, and have no timer, until they are wanted', async () => {
    const { at } = countPolls();
    await time.advance(10 * EVERY_MS);
    expect([at, time.timers()]).toEqual([[], 0]);
  });

  it('come soon once they are wanted, and then at each interval', async () => {
    const { soon, at } = countPolls();
    soon();
    await time.advance(2 * EVERY_MS + 100);
    expect(at).toEqual([100, EVERY_MS + 100, 2 * EVERY_MS + 100]);
  });

  it('that are wanted soon again and again are one in 100 ms', async () => {
    const { soon, at } = countPolls();
    for (let ms = 0; ms < 1_000; ms += 1) {
      soon();
      await time.advance(1);
    }
    expect(at).toEqual([100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000]);
  });

  it('that are wanted soon come no later than at their interval', async () => {
    const { soon, at } = countPolls(undefined, 30);
    soon();
    await time.advance(60);
    expect(at).toEqual([30, 60]);
  });

  it('are not joined by another while one lasts; what is wanted meanwhile comes 100 ms after it', async () => {
    const { open, passed } = latch();
    const { soon, at } = countPolls(() => passed);
    soon();
    await time.advance(100);
    soon();
    soon();
    await time.advance(10 * EVERY_MS);
    expect(at).toEqual([100]);
    open();
    await time.advance(100);
    expect(at).toEqual([100, 10 * EVERY_MS + 200]);
  });

  it('that are paused come no more and leave no timer, until they are wanted again', async () => {
    const { soon, pause, at } = countPolls();
    soon();
    pause();
    expect(time.timers()).toBe(0);
    await time.advance(EVERY_MS);
    soon();
    await time.advance(100);
    expect(at).toEqual([EVERY_MS + 100]);
  });

  it('that are paused while one is under way end with it', async () => {
    const { open, passed } = latch();
    const { soon, pause, at } = countPolls(() => passed);
    soon();
    await time.advance(100);
    pause();
    open();
    await time.advance(10 * EVERY_MS);
    expect([at, time.timers()]).toEqual([[100], 0]);
  });

  it('that are wanted again while one is under way go on after it', async () => {
    const { open, passed } = latch();
    const { soon, pause, at } = countPolls(() => passed);
    soon();
    await time.advance(100);
    pause();
    soon();
    open();
    await time.advance(100);
    expect(at).toEqual([100, 200]);
  });
});

it('polls keep no process alive', () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  const poller = createPoller({ intervalMs: EVERY_MS, poll: async () => {}, runtime: systemRuntime });
  poller.soon();
  expect(timers()).toBe(before);
  poller.pause();
});
