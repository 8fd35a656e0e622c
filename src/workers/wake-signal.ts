import type { QueueName } from '../core/build/messages.js';

/** Tells the workers of this process that there may be work, so that they need not wait for their next poll. */
export interface WakeSignal {
  readonly wake: (queue: QueueName) => void;
  /** Registers a function for one queue; returns what takes it out again. */
  readonly onWake: (queue: QueueName, wake: () => void) => () => void;
}

/** A hint only: work that comes from another process is found by polling. */
export function createWakeSignal(): WakeSignal {
  const waiting = new Map<QueueName, Set<() => void>>();
  return {
    wake: (queue) => {
      for (const wake of waiting.get(queue) ?? []) wake();
    },
    onWake: (queue, wake) => {
      const listeners = waiting.get(queue) ?? new Set();
      waiting.set(queue, listeners.add(wake));
      return () => listeners.delete(wake);
    },
  };
}
