import type { Timers } from '../../runtime/runtime.js';
import { onAbort } from './on-abort.js';

/** Until when a call may go on: the caller's signal or the deadline, whichever ends it first. */
export interface CallLimit {
  readonly signal: AbortSignal;
  /** Who ended the call; `null` while it may go on. */
  readonly endedBy: () => 'caller' | 'deadline' | null;
  /** Waits for work that may have no ear for a signal; rejects as soon as the call is ended. */
  readonly within: <T>(work: Promise<T>) => Promise<T>;
  /** Takes the timer down and lets go of the caller's signal, which usually outlives thousands of calls. */
  readonly release: () => void;
}

/**
 * Opens the limit of one call. `AbortSignal.any` with `AbortSignal.timeout` would do the same, but ties a new
 * signal to the caller's for every call, and on Node 20 such ties are not always given back.
 *
 * @param caller - must not be aborted yet
 */
export function limitCall(runtime: Timers, caller: AbortSignal, deadlineMs: number): CallLimit {
  const controller = new AbortController();
  let ended: 'caller' | 'deadline' | null = null;
  const end = (by: 'caller' | 'deadline') => {
    ended ??= by;
    controller.abort();
  };
  const timer = runtime.setTimer(deadlineMs, () => end('deadline'));
  const letGo = onAbort(caller, () => end('caller'));

  return {
    signal: controller.signal,
    endedBy: () => ended,
    within: (work) =>
      new Promise((resolve, reject) => {
        // The work may have ended the call itself, before it gave its promise.
        if (controller.signal.aborted) reject(controller.signal.reason);
        controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true });
        work.then(resolve, reject);
      }),
    release: () => {
      timer.clear();
      letGo();
    },
  };
}
