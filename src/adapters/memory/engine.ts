import type { QueueName } from '../../core/build/messages.js';
import type { Engine } from '../../ports/engine.js';
import { systemRuntime } from '../../runtime/system-runtime.js';

interface Waiting {
  readonly id: string;
  readonly dueAt: number;
}

/** An engine in memory, and what stands for its loss. */
export interface MemoryEngine extends Engine {
  /** Loses everything that is in it. */
  readonly flush: () => void;
}

/**
 * An engine in memory, for tests and for trying out `outbox`. Those who share it are as processes that share one Redis.
 *
 * @param options.now Its clock, in milliseconds since 1970. Default: the system's clock.
 */
export function memoryEngine({
  now = systemRuntime.wallClockMs,
}: {
  readonly now?: () => number;
} = {}): MemoryEngine {
  const queues = new Map<QueueName, Waiting[]>();
  const waitingIn = (queue: QueueName) => queues.get(queue) ?? [];
  const listeners = new Set<(queue: QueueName) => void>();

  return {
    add: async (queue, wakeUps) => {
      for (const { id, delayMs } of wakeUps) {
        const waits = waitingIn(queue).some((each) => each.id === id && each.dueAt <= now());
        if (waits && delayMs === 0) continue;
        const all = [...waitingIn(queue), { id, dueAt: now() + delayMs }];
        // The order of those of one time is that in which they were added.
        queues.set(
          queue,
          all.toSorted((left, right) => left.dueAt - right.dueAt),
        );
      }
      if (wakeUps.length > 0) for (const wake of listeners) wake(queue);
    },
    receive: async (queue, limit) => {
      const due = waitingIn(queue).filter(({ dueAt }) => dueAt <= now());
      const taken = due.slice(0, limit);
      queues.set(
        queue,
        waitingIn(queue).filter((each) => !taken.includes(each)),
      );
      return taken.map(({ id }) => id);
    },
    listen: ({ wake }) => {
      const told = (queue: QueueName) => wake(queue);
      listeners.add(told);
      return {
        stop: async () => {
          listeners.delete(told);
        },
      };
    },
    close: async () => {},
    flush: () => queues.clear(),
  };
}
