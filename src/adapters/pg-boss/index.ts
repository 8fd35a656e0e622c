import type { QueueName } from '../../core/build/messages.js';
import type { Engine } from '../../ports/engine.js';
import { retry } from '../../runtime/retry.js';
import { systemRuntime } from '../../runtime/system-runtime.js';
import { risingIds } from './rising-ids.js';

/** What the adapter uses of a `PgBoss` 10 that the host has started. */
export interface PgBossInstance {
  readonly getQueue: (name: string) => Promise<object | null>;
  readonly createQueue: (
    name: string,
    options: { name: string; policy: 'short'; retryLimit: number; expireInSeconds: number },
  ) => Promise<unknown>;
  readonly insert: (
    jobs: { id: string; name: string; data: PgBossWakeUp; singletonKey: string }[],
  ) => Promise<unknown>;
  readonly send: (
    name: string,
    data: PgBossWakeUp,
    options: { id: string; startAfter: number; singletonKey: string },
  ) => Promise<unknown>;
  readonly fetch: (name: string, options: { batchSize: number }) => Promise<PgBossJob[]>;
  readonly deleteJob: (name: string, ids: string[]) => Promise<unknown>;
}

/** What is in a job: the name of a message. */
export interface PgBossWakeUp {
  readonly id: string;
}

/** A job that was fetched. */
export interface PgBossJob {
  readonly id: string;
  readonly data: PgBossWakeUp;
}

/** How pg-boss is used. */
export interface PgBossOptions {
  /** Before the names of the queues. Each database of messages needs its own. Default `wrk-builds`. */
  readonly prefix?: string;
}

/** A process that dies with a job in hand leaves it to pg-boss's own maintenance, after so long. */
const EXPIRE_SECONDS = 60;

/**
 * pg-boss 10 as the engine of `outbox`. The queues are `wrk-builds-build-requests` and `wrk-builds-notifications`, made
 * when they are first used. The instance stays the host's: it starts it, stops it after the workers, and has its errors.
 *
 * A job is a wake-up call: it names a message, and is deleted as soon as it was fetched, so that nothing is left to
 * archive. Delays are pg-boss's. How many builds run at once is said by `startWorkers`.
 *
 * @example
 * ```ts
 * import PgBoss from 'pg-boss';
 * import { pgBoss } from 'wrk-builds/pg-boss';
 *
 * const boss = new PgBoss(process.env.DATABASE_URL);
 * boss.on('error', (problem) => logger.error(problem));
 * await boss.start();
 * const engine = pgBoss(boss);
 * ```
 */
export function pgBoss(boss: PgBossInstance, { prefix = 'wrk-builds' }: PgBossOptions = {}): Engine {
  const nextId = risingIds(systemRuntime);
  const created = new Map<QueueName, Promise<void>>();
  /** Of processes that make a queue at once the database ends all but one as a deadlock: those look again. */
  const create = (name: string): Promise<void> =>
    retry(
      systemRuntime,
      async () => {
        if (await boss.getQueue(name)) return;
        await boss.createQueue(name, {
          name,
          policy: 'short',
          retryLimit: 0,
          expireInSeconds: EXPIRE_SECONDS,
        });
      },
      { maxRetries: 3, initialDelayMs: 50 },
    );
  const ready = async (queue: QueueName): Promise<string> => {
    const name = `${prefix}-${queue}`;
    const creation = created.get(queue) ?? create(name);
    created.set(queue, creation);
    try {
      await creation;
    } catch (problem) {
      // It is tried again the next time.
      created.delete(queue);
      throw problem;
    }
    return name;
  };

  return {
    add: async (queue, wakeUps) => {
      if (wakeUps.length === 0) return;
      const name = await ready(queue);
      // Of two with one key pg-boss keeps either, and the first one has its place in the order.
      const due = new Set(wakeUps.flatMap(({ id, delayMs }) => (delayMs === 0 ? [id] : [])));
      const jobs = [...due].map((id) => ({ id: nextId(), name, data: { id }, singletonKey: id }));
      // Sorted, so that two that add the same keys cannot wait for each other in a circle. The ids keep the order.
      jobs.sort((left, right) => (left.singletonKey < right.singletonKey ? -1 : 1));
      if (jobs.length > 0) await boss.insert(jobs);
      // A key of its own for each: the message may come earlier meanwhile, and must find its own key free. Only `send`
      // counts a delay on the database's clock.
      for (const { id, delayMs } of wakeUps) {
        if (delayMs === 0) continue;
        const jobId = nextId();
        await boss.send(name, { id }, { id: jobId, startAfter: delayMs / 1_000, singletonKey: jobId });
      }
    },
    receive: async (queue, limit) => {
      const name = await ready(queue);
      const jobs = await boss.fetch(name, { batchSize: limit });
      if (jobs.length === 0) return [];
      const ids = jobs.map(({ id }) => id);
      // What cannot be deleted expires by itself, and stands in nobody's way. The messages are in hand all the same.
      await boss.deleteJob(name, ids).catch(() => {});
      const inOrder = jobs.toSorted((left, right) => (left.id < right.id ? -1 : 1));
      return inOrder.map(({ data }) => data.id);
    },
    close: async () => {},
  };
}
