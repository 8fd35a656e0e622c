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
