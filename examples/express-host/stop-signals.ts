const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Runs `stop` at the first SIGTERM or SIGINT. A second one ends the process at once, as it would have without us: what it
 * then holds is left to the lease, and another process takes it up when that has run out.
 *
 * A library must not listen to signals: only its host knows what else the process has to bring to an end, and in which
 * order.
 */
export function onStopSignal(stop: (signal: NodeJS.Signals) => Promise<void>): void {
  const first = (signal: NodeJS.Signals) => {
    for (const each of SIGNALS) process.off(each, first);
    void stop(signal);
  };
  for (const each of SIGNALS) process.on(each, first);
}
