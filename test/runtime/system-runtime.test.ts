import { expect, it } from 'vitest';
import { systemRuntime } from '../../src/runtime/system-runtime.js';
import { sleep } from '../../src/runtime/waiting.js';

it('counts on, and never back', async () => {
  const before = [systemRuntime.monotonicMs(), systemRuntime.wallClockMs()];
  await sleep(systemRuntime, 2);
  expect(systemRuntime.monotonicMs()).toBeGreaterThan(before[0] ?? 0);
  expect(systemRuntime.wallClockMs()).toBeGreaterThanOrEqual(before[1] ?? 0);
});

it('makes ids that are uuids of version 4, and numbers from 0 up to 1, each time others', () => {
  const ids = Array.from({ length: 100 }, systemRuntime.newId);
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(100);
  const numbers = Array.from({ length: 100 }, systemRuntime.random);
  expect(numbers.every((each) => each >= 0 && each < 1)).toBe(true);
  expect(new Set(numbers).size).toBeGreaterThan(1);
});

it('runs no timer that was cleared', async () => {
  const ran: string[] = [];
  const cleared = systemRuntime.setTimer(1, () => ran.push('cleared'));
  systemRuntime.setTimer(1, () => ran.push('kept'));
  cleared.clear();
  await sleep(systemRuntime, 5);
  expect(ran).toEqual(['kept']);
});

it('keeps a process alive for a timer, unless that is not to', () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  const quiet = systemRuntime.setTimer(60_000, () => {}, { unref: true });
  expect(timers()).toBe(before);
  const kept = systemRuntime.setTimer(60_000, () => {});
  expect(timers()).toBe(before + 1);
  for (const timer of [quiet, kept]) timer.clear();
});

it('yields to what the event loop has ready', async () => {
  let hasRun = false;
  setImmediate(() => {
    hasRun = true;
  });
  await systemRuntime.yieldToEventLoop();
  expect(hasRun).toBe(true);
});
