import { vi } from 'vitest';
import { systemRuntime } from '../../src/runtime/system-runtime.js';

/**
 * Vitest's fake timers, for the library as well, which holds on to the real ones otherwise. Where a test can pass a runtime
 * of its own, `fakeRuntime` is simpler. Returns the function that ends it.
 */
export function useFakeTime(options?: Parameters<typeof vi.useFakeTimers>[0]): () => void {
  vi.useFakeTimers(options);
  const spies = [
    vi.spyOn(systemRuntime, 'monotonicMs').mockImplementation(() => performance.now()),
    vi.spyOn(systemRuntime, 'wallClockMs').mockImplementation(() => Date.now()),
    vi.spyOn(systemRuntime, 'random').mockImplementation(() => Math.random()),
    vi.spyOn(systemRuntime, 'setTimer').mockImplementation((ms, run) => {
      const timer = setTimeout(run, ms);
      return { clear: () => clearTimeout(timer) };
    }),
    vi
      .spyOn(systemRuntime, 'yieldToEventLoop')
      .mockImplementation(() => new Promise((resolve) => setImmediate(resolve))),
  ];
  return () => {
    for (const spy of spies) spy.mockRestore();
    vi.useRealTimers();
  };
}
