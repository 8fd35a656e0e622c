import { BUILD_REQUESTS, NOTIFICATIONS, type QueueName } from '../../core/build/messages.js';
import type { Engine, WakeUp } from '../../ports/engine.js';
import { systemRuntime } from '../../runtime/system-runtime.js';
import type { BullmqClasses, BullmqJob, BullmqQueue, BullmqWorker } from './bullmq-classes.js';
import { readBullmqOptions } from './bullmq-options.js';
import { closeInTime } from './close-in-time.js';
import { evictionPolicy } from './eviction-policy.js';

export type {
  BullmqClasses,
  BullmqJob,
  BullmqJobOptions,
  BullmqQueue,
  BullmqQueueEvents,
  BullmqWakeUp,
  BullmqWorker,
} from './bullmq-classes.js';

/** Where BullMQ keeps the queues. */
export interface BullmqOptions<Connection> {
  /**
   * The Redis connection for BullMQ: an ioredis instance with `maxRetriesPerRequest: null`, which the host keeps owning, or
   * ioredis options. BullMQ 6 in ESM requires an instance.
   */
  readonly connection: Connection;
  /**
   * The prefix of every key. Use a different one for each database, because message ids are unique only within one.
   *
   * @default 'wrk-builds'
   */
  readonly prefix?: string;
}

/**
 * If a process dies while it holds a job, which takes only a few milliseconds, BullMQ's check for stalled jobs brings the
 * job again after about this long.
 */
const STALLED_MS = 5_000;

const QUEUES: readonly QueueName[] = [BUILD_REQUESTS, NOTIFICATIONS];

/** One queue of BullMQ. The worker has no processor: jobs are fetched when there is capacity for them. */
interface QueueHandles {
  readonly jobs: BullmqQueue;
  readonly worker: BullmqWorker;
}

/**
 * BullMQ 5 or 6 as the engine of `outbox`. The queues are `build-requests` and `notifications`. Nothing is opened before
 * a worker first fetches work.
 *
 * A job is only a wake-up call: it contains a message id, and is completed and removed as soon as it is fetched. BullMQ
 * handles delays, pausing a queue holds back the workers that use it, and a stalled or duplicate job does no harm.
 * `startWorkers` sets how many builds run at once, because a job is gone before its build begins.
 *
 * @throws TypeError that lists every invalid option
 *
 * @example
 * ```ts
 * import { Queue, QueueEvents, Worker } from 'bullmq';
 * import { Redis } from 'ioredis';
 * import { bullmq } from 'wrk-builds/bullmq';
 *
 * const connection = new Redis(process.env.REDIS_URL ?? 'redis://localhost', { maxRetriesPerRequest: null });
 * const engine = bullmq({ Queue, Worker, QueueEvents }, { connection });
 * ```
 */
export function bullmq<Connection>(
  classes: BullmqClasses<Connection>,
  options: BullmqOptions<Connection>,
): Engine {
  const { prefix } = readBullmqOptions(classes, options);
  const { Queue, Worker, QueueEvents } = classes;
  const { connection } = options;
  const token = systemRuntime.newId();
  const opened = new Map<QueueName, QueueHandles>();
  const closings = new Set<() => Promise<void>>();
  // Failed calls report their errors to the caller. Without a listener, an `error` event would end the process.
  const ignore = () => {};

  const partsOf = (queue: QueueName): QueueHandles => {
    const known = opened.get(queue);
    if (known) return known;
    const jobs = new Queue(queue, { connection, prefix });
    const worker = new Worker(queue, null, {
      connection,
      prefix,
      autorun: false,
      lockDuration: STALLED_MS,
      stalledInterval: STALLED_MS,
    });
    jobs.on('error', ignore);
    worker.on('error', ignore);
    worker.startStalledCheckTimer().catch(ignore);
    closings.add(() => closeInTime(() => worker.close(true), ignore));
    closings.add(() =>
      closeInTime(
        () => jobs.close(),
        () => jobs.disconnect(),
      ),
    );
    const parts = { jobs, worker };
    opened.set(queue, parts);
    return parts;
  };

  return {
    add: async (queue, wakeUps) => {
      if (wakeUps.length === 0) return;
      await partsOf(queue).jobs.addBulk(wakeUps.map((wakeUp) => ({ name: queue, ...jobOf(wakeUp) })));
    },
    receive: async (queue, limit) => {
      const { worker } = partsOf(queue);
      const next = () => worker.getNextJob(token, { block: false });
      // Fetch a single job first, so that an empty queue costs one request.
      const first = await next();
      if (!first) return [];
      const others = await Promise.allSettled(Array.from({ length: limit - 1 }, next));
      const jobs: BullmqJob[] = [first];
      for (const other of others) if (other.status === 'fulfilled' && other.value) jobs.push(other.value);
      // A job that cannot be completed becomes stalled and is delivered again, which does no harm.
      await Promise.allSettled(jobs.map((job) => job.moveToCompleted(null, token, false)));
      // A job whose data is gone names nothing.
      return jobs.flatMap(({ data }) => (typeof data?.id === 'string' ? [data.id] : []));
    },
    ...(QueueEvents && {
      listen: ({ wake }) => {
        const stops = QUEUES.map((queue) => {
          const events = new QueueEvents(queue, { connection, prefix });
          let isStopped = false;
          events.on('error', ignore);
          events.on('waiting', () => {
            if (!isStopped) wake(queue);
          });
          const stop = () => {
            isStopped = true;
            closings.delete(stop);
            return closeInTime(() => events.close(), ignore);
          };
          closings.add(stop);
          return stop;
        });
        return { stop: async () => void (await Promise.all(stops.map((stop) => stop()))) };
      },
    }),
    isPaused: (queue) => partsOf(queue).jobs.isPaused(),
    findMistake: async () => {
      const policy = await evictionPolicy(connection, partsOf(BUILD_REQUESTS).jobs);
      return policy === null || policy === 'noeviction'
        ? null
        : `Redis may evict the jobs of BullMQ, and parts of them, when it runs out of memory: its maxmemory-policy is ${policy}. Set it to noeviction.`;
    },
    close: async () => {
      const all = [...closings];
      closings.clear();
      await Promise.all(all.map((close) => close()));
    },
  };
}

/**
 * A job gets an id of BullMQ's. An id of ours would stay taken by what is left of a job that was lost in part, and BullMQ
 * would add no other under it.
 */
function jobOf({ id, delayMs }: WakeUp) {
  return {
    data: { id },
    opts: { delay: delayMs, attempts: 1, removeOnComplete: true, removeOnFail: true } as const,
  };
}
