import type { QueueName } from '../../core/build/messages.js';
import { callback, options } from '../../core/input/option-kinds.js';
import { readOptions } from '../../core/input/read-options.js';
import type { Engine } from '../../ports/engine.js';
import { systemRuntime } from '../../runtime/system-runtime.js';

interface Waiting {
  readonly id: string;
  readonly dueAt: number;
}

/** An engine in memory that can simulate the loss of its data. */
export interface MemoryEngine extends Engine {
  /** Drops all its contents. */
  readonly flush: () => void;
}

interface MemoryEngineOptions {
  /**
   * The engine's clock, in milliseconds since 1970.
   *
   * @default the system's clock
   */
  readonly now?: (() => number) | undefined;
}

const engineSchema = options({ now: callback().optional() });

/**
 * An engine in memory, for tests and for trying out `outbox`. Sharing it simulates processes that share one Redis.
 *
 * @throws TypeError that lists every invalid option
 */
export function memoryEngine(chosen: MemoryEngineOptions = {}): MemoryEngine {
  readOptions('memoryEngine', engineSchema, chosen);
  const { now = systemRuntime.wallClockMs } = chosen;
  const queues = new Map<QueueName, Waiting[]>();
  const waitingIn = (queue: QueueName) => queues.get(queue) ?? [];
  const listeners = new Set<(queue: QueueName) => void>();

  return {
    add: async (queue, wakeUps) => {
      for (const { id, delayMs } of wakeUps) {
        const all = [...waitingIn(queue), { id, dueAt: now() + delayMs }];
        // Jobs of the same time keep the order in which they were added.
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
