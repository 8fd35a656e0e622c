import type { Timers } from '../../runtime/runtime.js';

/** The limit of a call: the caller's signal or the deadline, whichever comes first. */
export interface CallLimit {
  readonly signal: AbortSignal;
  /** What ended the call; `null` while it may continue. */
  readonly endedBy: () => 'caller' | 'deadline' | null;
  /** Waits for work that may ignore signals; rejects as soon as the call ends. */
  readonly within: <T>(work: Promise<T>) => Promise<T>;
  /** Clears the timer and stops listening to the caller's signal, which usually outlives thousands of calls. */
  readonly release: () => void;
}

/**
 * Creates the limit of one call. `AbortSignal.any` with `AbortSignal.timeout` would do the same, but it links a new
 * signal to the caller's for every call, and Node 20 does not always free those links.
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
        // The work may have ended the call synchronously, before it returned its promise.
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

interface Waiting {
  readonly ends: Set<() => void>;
  readonly listener: () => void;
}

const waitingFor = new WeakMap<AbortSignal, Waiting>();

/**
 * Runs `end` when the signal aborts, unless the returned function is called first. All callers share one listener
 * per signal, removed when the last one leaves: Node warns of a leak beyond ten listeners, and the signal that
 * stops a worker easily covers more calls than that.
 */
export function onAbort(signal: AbortSignal, end: () => void): () => void {
  const waiting = waitingFor.get(signal) ?? listenTo(signal);
  waiting.ends.add(end);
  return () => {
    if (!waiting.ends.delete(end) || waiting.ends.size > 0) return;
    signal.removeEventListener('abort', waiting.listener);
    waitingFor.delete(signal);
  };
}

function listenTo(signal: AbortSignal): Waiting {
  const ends = new Set<() => void>();
  const listener = () => {
    for (const end of ends) end();
  };
  const waiting = { ends, listener };
  waitingFor.set(signal, waiting);
  signal.addEventListener('abort', listener, { once: true });
  return waiting;
}
