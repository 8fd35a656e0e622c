import type { QueueName } from '../core/build/messages.js';

/** Tells the workers of this process that there may be work, so that they need not wait for their next poll. */
export interface Wakers {
  readonly wake: (queue: QueueName) => void;
  /** Registers a function for one queue; returns what takes it out again. */
  readonly onWake: (queue: QueueName, wake: () => void) => () => void;
}

/** A hint only: work that comes from another process is found by polling. */
export function createWakers(): Wakers {
  const waiting = new Map<QueueName, Set<() => void>>();
  return {
    wake: (queue) => {
      for (const wake of waiting.get(queue) ?? []) wake();
    },
    onWake: (queue, wake) => {
      const wakers = waiting.get(queue) ?? new Set();
      waiting.set(queue, wakers.add(wake));
      return () => wakers.delete(wake);
    },
  };
}
