interface Waiting {
  readonly ends: Set<() => void>;
  readonly listener: () => void;
}

const waitingFor = new WeakMap<AbortSignal, Waiting>();

/**
 * Runs `end` when the signal aborts, until the function that it returns is called. However many wait, the
 * signal has one listener, and none when nobody waits: past ten, Node warns of a leak, and the signal that
 * stops a worker easily has more calls than that.
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
