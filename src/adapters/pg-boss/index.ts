import * as z from 'zod';
import { ignoreErrors } from '../../copies/ignore-errors.js';
import type { QueueName } from '../../core/build/messages.js';
import { having, options } from '../../core/input/option-kinds.js';
import { readOptions } from '../../core/input/read-options.js';
import type { Engine } from '../../ports/engine.js';
import { retry } from '../../runtime/retry.js';
import { systemRuntime } from '../../runtime/system-runtime.js';
import { risingIds } from './rising-ids.js';

/** What the adapter uses of a `PgBoss` 10, 11 or 12 that the host has started. */
export interface PgBossInstance {
  readonly getQueue: (name: string) => Promise<object | null>;
  readonly createQueue: (
    name: string,
    options: { name: string; policy: 'standard'; retryLimit: number; expireInSeconds: number },
  ) => Promise<unknown>;
  /** From 11 on, it takes the name of the queue first. */
  readonly insert:
    | ((jobs: PgBossNewJob[]) => Promise<unknown>)
    | ((name: string, jobs: PgBossNewJob[]) => Promise<unknown>);
  /** Tells 11 and 12 from 10, which does not have it. */
  readonly getQueueStats?: (name: string) => Promise<unknown>;
  readonly send: (
    name: string,
    data: PgBossWakeUp,
    options: { id: string; startAfter: number },
  ) => Promise<unknown>;
  readonly fetch: (name: string, options: { batchSize: number }) => Promise<PgBossJob[]>;
  readonly deleteJob: (name: string, ids: string[]) => Promise<unknown>;
  /** Every instance has it; without a listener, an `error` event would end the process. */
  readonly on?: (event: 'error', listener: (problem: Error) => void) => unknown;
}

/** The data of a job: the id of a message. */
export interface PgBossWakeUp {
  readonly id: string;
}

/** A job to be inserted. */
export interface PgBossNewJob {
  readonly id: string;
  readonly name: string;
  readonly data: PgBossWakeUp;
}

/** A fetched job. */
export interface PgBossJob {
  readonly id: string;
  readonly data: PgBossWakeUp;
}

/** Options of the pg-boss engine. */
export interface PgBossOptions {
  /**
   * The prefix of the queue names: letters, digits, `_`, `-` and `.`. Use a different one for each message database.
   *
   * @default 'wrk-builds'
   */
  readonly prefix?: string;
}

const INSTANCE = 'give an instance of pg-boss that is started: new PgBoss(…)';
const PREFIX = "give letters, digits, '_', '-' and '.', such as 'wrk-builds'";

const pgBossSchema = options({
  boss: having<PgBossInstance>(['getQueue', 'createQueue', 'insert', 'send', 'fetch', 'deleteJob'], INSTANCE),
  options: options({
    prefix: z
      .string({ error: PREFIX })
      .regex(/^[\w.-]{1,64}$/, { error: PREFIX })
      .default('wrk-builds'),
  }),
});

/** If a process dies while it holds a job, pg-boss's maintenance expires the job after this time. */
const EXPIRE_SECONDS = 60;

/**
 * pg-boss 10, 11 or 12 as the engine of `outbox`. The queues `wrk-builds-build-requests` and `wrk-builds-notifications` are created
 * on first use. The host owns the instance: it starts it, stops it after the workers, and handles its errors.
 *
 * A job is only a wake-up call: it contains a message id, and is deleted as soon as it is fetched, so that nothing is left
 * to archive. pg-boss handles delays. `startWorkers` sets how many builds run at once.
 *
 * @throws TypeError that lists every invalid option
 *
 * @example
 * ```ts
 * import PgBoss from 'pg-boss';
 * import { pgBoss } from 'wrk-builds/pg-boss';
 *
 * const boss = new PgBoss(process.env.DATABASE_URL ?? 'postgres://localhost/app');
 * boss.on('error', (problem) => logger.error(problem));
 * await boss.start();
 * const engine = pgBoss(boss);
 * ```
 */
export function pgBoss(boss: PgBossInstance, chosen: PgBossOptions = {}): Engine {
  const { prefix } = readOptions('pgBoss', pgBossSchema, { boss, options: chosen }).options;
  // In addition to the host's own listener.
  ignoreErrors(boss);
  const insert = insertWith(boss);
  const nextId = risingIds(systemRuntime);
  const created = new Map<QueueName, Promise<void>>();
  /** When several processes create a queue at once, all but one fail with a deadlock. Those check again. */
  const create = (name: string): Promise<void> =>
    retry(
      systemRuntime,
      async () => {
        if (await boss.getQueue(name)) return;
        await boss.createQueue(name, {
          name,
          policy: 'standard',
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
      // The next call tries again.
      created.delete(queue);
      throw problem;
    }
    return name;
  };

  return {
    add: async (queue, wakeUps) => {
      if (wakeUps.length === 0) return;
      const name = await ready(queue);
      const due = wakeUps.filter(({ delayMs }) => delayMs === 0);
      if (due.length > 0)
        await insert(
          name,
          due.map(({ id }) => ({ id: nextId(), name, data: { id } })),
        );
      // Only `send` measures a delay on the database's clock.
      for (const { id, delayMs } of wakeUps)
        if (delayMs > 0) await boss.send(name, { id }, { id: nextId(), startAfter: delayMs / 1_000 });
    },
    receive: async (queue, limit) => {
      const name = await ready(queue);
      const jobs = await boss.fetch(name, { batchSize: limit });
      if (jobs.length === 0) return [];
      const ids = jobs.map(({ id }) => id);
      // A job that cannot be deleted expires and blocks nothing. Its message is received all the same.
      await boss.deleteJob(name, ids).catch(() => {});
      const inOrder = jobs.toSorted((left, right) => (left.id < right.id ? -1 : 1));
      // A job whose data is gone names nothing.
      return inOrder.flatMap(({ data }) => (typeof data?.id === 'string' ? [data.id] : []));
    },
    close: async () => {},
  };
}

/** `insert` of either form. */
function insertWith(boss: PgBossInstance): (name: string, jobs: PgBossNewJob[]) => Promise<unknown> {
  const takesNameFirst = typeof boss.getQueueStats === 'function';
  return (name, jobs) => Reflect.apply(boss.insert, boss, takesNameFirst ? [name, jobs] : [jobs]);
}
