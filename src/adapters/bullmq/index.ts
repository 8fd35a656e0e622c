import { BUILD_REQUESTS, NOTIFICATIONS, type QueueName } from '../../core/build/messages.js';
import type { Engine, WakeUp } from '../../ports/engine.js';
import { systemRuntime } from '../../runtime/system-runtime.js';
import type { BullmqClasses, BullmqJob, BullmqQueue, BullmqWorker } from './bullmq-classes.js';
import { closeInTime } from './close-in-time.js';

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
   * What BullMQ takes as a connection: an ioredis instance with `maxRetriesPerRequest: null`, which stays the host's, or
   * its options. With BullMQ 6 in ESM, an instance.
   */
  readonly connection: Connection;
  /** Before every key. Each database needs its own, as two of them have messages of the same names. Default `wrk-builds`. */
  readonly prefix?: string;
}

/**
 * A process that dies with a job in hand keeps its name taken for about so long, until BullMQ's check for stalled jobs
 * frees it. In hand it has one for some milliseconds.
 */
const STALLED_MS = 5_000;

const QUEUES: readonly QueueName[] = [BUILD_REQUESTS, NOTIFICATIONS];

/** One queue of BullMQ. The worker has no processor: it is asked for jobs when there is capacity for their work. */
interface Parts {
  readonly jobs: BullmqQueue;
  readonly worker: BullmqWorker;
}

/**
 * BullMQ 5 or 6 as the engine of `outbox`. The queues are `build-requests` and `notifications`; nothing is opened before
 * the first worker asks for work.
 *
 * A job is a wake-up call: it names a message, and is completed and removed as soon as it was taken. So delays are
 * BullMQ's, an ops person who pauses a queue holds back the workers that use it, and a job that stalls or comes twice harms
 * nobody. How many builds run at once is said by `startWorkers`, since a job is gone before its build begins.
 *
 * @example
 * ```ts
 * import { Queue, QueueEvents, Worker } from 'bullmq';
 * import { Redis } from 'ioredis';
 * import { bullmq } from 'wrk-builds/bullmq';
 *
 * const connection = new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: null });
 * const engine = bullmq({ Queue, Worker, QueueEvents }, { connection });
 * ```
 */
export function bullmq<Connection>(
  { Queue, Worker, QueueEvents }: BullmqClasses<Connection>,
  { connection, prefix = 'wrk-builds' }: BullmqOptions<Connection>,
): Engine {
  const token = systemRuntime.newId();
  const opened = new Map<QueueName, Parts>();
  const closings = new Set<() => Promise<void>>();
  // Whoever asks is told of what is wrong; nothing is said besides, and nothing ends the process.
  const ignore = () => {};

  const partsOf = (queue: QueueName): Parts => {
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
      // One alone first, so that an empty queue is asked once.
      const first = await next();
      if (!first) return [];
      const others = await Promise.allSettled(Array.from({ length: limit - 1 }, next));
      const jobs: BullmqJob[] = [first];
      for (const other of others) if (other.status === 'fulfilled' && other.value) jobs.push(other.value);
      // One that cannot be completed is found stalled, and comes again for nothing.
      await Promise.allSettled(jobs.map((job) => job.moveToCompleted(null, token, false)));
      return jobs.map(({ data }) => data.id);
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
    close: async () => {
      const all = [...closings];
      closings.clear();
      await Promise.all(all.map((close) => close()));
    },
  };
}

/**
 * A job that is due has the name of its message, so that BullMQ adds it once. One for later has a name of BullMQ's: the
 * message may come earlier meanwhile, and must find its own name free.
 */
function jobOf({ id, delayMs }: WakeUp) {
  const kept = { delay: delayMs, attempts: 1, removeOnComplete: true, removeOnFail: true } as const;
  // BullMQ takes no name that is a number or has a colon in it.
  const opts = delayMs === 0 ? { ...kept, jobId: `message-${encodeURIComponent(id)}` } : kept;
  return { data: { id }, opts };
}
