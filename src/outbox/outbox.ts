import * as z from 'zod';
import { BUILD_REQUESTS, NOTIFICATIONS, type QueueName } from '../core/build/messages.js';
import { errorText } from '../core/input/error-text.js';
import { having, milliseconds, options, wholeNumber } from '../core/input/option-kinds.js';
import { readOptions } from '../core/input/read-options.js';
import type { Engine } from '../ports/engine.js';
import type { SomeFusedStatements } from '../ports/fused.js';
import type { Outbox } from '../ports/outbox.js';
import type { Queue } from '../ports/queue.js';
import type { QueueListener, WakeListener } from '../ports/queue-listener.js';
import type { Runtime } from '../runtime/runtime.js';
import { systemRuntime } from '../runtime/system-runtime.js';
import { claimThroughEngine } from './claim-through-engine.js';
import { openEngineAccess } from './engine-access.js';

/** A storage that an engine can be put behind: those of `wrk-builds/postgres` and `wrk-builds/memory`. */
export interface OutboxStorage<Tx> {
  /** Keeps the messages. */
  readonly queue: Queue<Tx>;
  /** Hands messages over to the engine, and claims those that it brings. */
  readonly outbox: Outbox;
  /**
   * Hears of new messages from the database.
   *
   * @default workers hear of them from the engine, and when they poll
   */
  readonly queueListener?: QueueListener;
  /**
   * What the storage does in one statement.
   *
   * @default each port by itself
   */
  readonly fused?: SomeFusedStatements;
}

/** How an engine is used. */
export interface OutboxOptions {
  /**
   * Messages of a queue that the engine has at once. A whole number from 1 to 1,000,000. The rest waits in the database,
   * where turns and priorities are settled: a message that becomes due waits behind at most so many. Keep it above what all
   * workers take in one round.
   *
   * @default 256
   */
  readonly window?: number | undefined;
  /**
   * After so long a message that the engine was given and did not bring is given to it again, and after so long once more it
   * is claimed without it. In milliseconds, from 1 to 86,400,000 (1 day). Only a claim that the engine brought too little for looks for them, so that it may be short.
   *
   * @default 5_000
   */
  readonly againAfterMs?: number | undefined;
  /**
   * The longest wait for an answer of the engine, in milliseconds, from 1 to 86,400,000 (1 day). An engine that answers
   * later is away: claims go past it.
   *
   * @default 2_000
   */
  readonly waitMs?: number | undefined;
  /**
   * How long an engine that is away is left alone before it is asked again, in milliseconds, from 1 to 86,400,000 (1 day).
   * Doubled each time, up to a minute.
   *
   * @default 5_000
   */
  readonly restMs?: number | undefined;
}

/** What `outbox` makes of a storage, for `createBuilds` to spread. */
export type WithEngine<Storage, Tx> = Omit<Storage, 'queue' | 'queueListener' | 'fused'> & {
  readonly queue: Queue<Tx>;
  /** Hears of messages from the database, where that can tell, and from the engine, where that can. */
  readonly queueListener: QueueListener;
  /** A commit is still one statement; what is taken comes by way of the engine. */
  readonly fused?: SomeFusedStatements;
  /** Closes the engine. After `stop` of the workers; whoever claims afterwards goes past the engine. */
  readonly close: () => Promise<void>;
};

const FROM_A_STORAGE = 'give a storage: postgres(…) or memoryStorage()';

/** The schema of `OutboxOptions`. */
export const outboxOptionsSchema = options({
  window: wholeNumber('messages', 1, 1_000_000).default(256),
  againAfterMs: milliseconds().default(5_000),
  waitMs: milliseconds().default(2_000),
  restMs: milliseconds().default(5_000),
});

const outboxSchema = options({
  engine: having<Engine>(['add', 'receive', 'close'], 'give an engine: bullmq(…) or pgBoss(…)'),
  storage: z.looseObject(
    {
      queue: having<Queue<never>>(['claim'], FROM_A_STORAGE),
      outbox: having<Outbox>(['handOver', 'claimByIds'], FROM_A_STORAGE),
    },
    { error: FROM_A_STORAGE },
  ),
  options: outboxOptionsSchema,
});

const QUEUES: readonly QueueName[] = [BUILD_REQUESTS, NOTIFICATIONS];

/**
 * Puts an engine that the host runs already behind the workers: `wrk-builds/bullmq` or `wrk-builds/pg-boss`.
 *
 * A message is still a row, written in the transaction of the change that it reports, until it is settled. The engine
 * gets its name: a wake-up call. So the engine may be away, lose all of its data or bring things twice, and it costs
 * time, never a build and never a notification. Every process relays, none has to: a claim that the engine brings too
 * little for hands over more.
 *
 * While the engine is away or answers late, claims go past it, and the listeners of the queue are told: a `worker_problem`
 * of the worker `listener`, once until it is well again. What it was given twice and did not bring is claimed without it,
 * and told in the same way. Limits and fairness are those of claims without an engine. Workers with and without an engine may share one database.
 *
 * @throws TypeError that lists what cannot be used, and what to give
 *
 * @example
 * ```ts
 * import { Queue, QueueEvents, Worker } from 'bullmq';
 * import { createBuilds, outbox } from 'wrk-builds';
 * import { bullmq } from 'wrk-builds/bullmq';
 * import { nodePostgres, postgres } from 'wrk-builds/postgres';
 *
 * const engine = bullmq({ Queue, Worker, QueueEvents }, { connection: redis });
 * const storage = outbox(engine, postgres(nodePostgres(pool)));
 * const builds = createBuilds({ ...storage, wrk, notifiers, resolveRecipients });
 * const workers = builds.startWorkers();
 *
 * process.once('SIGTERM', async () => {
 *   await workers.stop();
 *   await storage.close();
 * });
 * ```
 */
export function outbox<Tx, Storage extends object>(
  engine: Engine,
  storage: Storage & OutboxStorage<Tx>,
  choices: OutboxOptions = {},
): WithEngine<Storage, Tx> {
  return outboxOn(systemRuntime, engine, storage, choices);
}

/** The same on a runtime that somebody else may own. */
export function outboxOn<Tx, Storage extends object>(
  runtime: Runtime,
  engine: Engine,
  storage: Storage & OutboxStorage<Tx>,
  choices: OutboxOptions = {},
): WithEngine<Storage, Tx> {
  const read = readOptions('outbox', outboxSchema, { engine, storage, options: choices });
  const { window, againAfterMs, waitMs, restMs } = read.options;
  const { queue, queueListener, fused } = storage;
  const listeners = new Set<WakeListener>();
  let isClosed = false;
  let lossToldAt: number | null = null;
  const tell = (problem: Error) => {
    for (const listener of listeners) listener.onProblem(problem);
  };
  const access = openEngineAccess({
    waitMs,
    restMs,
    runtime,
    onAway: (problem) => tell(awayProblem(problem)),
    onBack: () => {
      for (const { wake } of listeners) QUEUES.forEach(wake);
    },
  });
  const throughEngine = claimThroughEngine({
    engine,
    access,
    store: storage.outbox,
    claimDirectly: queue.claim,
    window,
    againAfterMs,
    onLost: (name, howMany) => {
      const now = runtime.monotonicMs();
      const isNew = lossToldAt === null || now - lossToldAt > LOSS_QUIET_MS;
      lossToldAt = now;
      if (isNew) tell(lossProblem(name, howMany));
    },
    runtime,
  });

  /** An engine that cannot be asked now is heard of by the claims. */
  const checkSetUp = (listener: WakeListener) => {
    if (!engine.findMistake) return;
    void access
      .ask(async () => ({ mistake: (await engine.findMistake?.()) ?? null }))
      .then((found) => {
        if (found?.mistake && listeners.has(listener)) listener.onProblem(new Error(found.mistake));
      });
  };

  return {
    ...storage,
    queue: {
      ...queue,
      claim: (name, lease) => (isClosed ? queue.claim(name, lease) : throughEngine(name, lease)),
    },
    queueListener: {
      listen: (listener) => {
        listeners.add(listener);
        checkSetUp(listener);
        const hints = [queueListener?.listen(listener), engine.listen?.(listener)];
        if (!queueListener) QUEUES.forEach(listener.wake);
        return {
          stop: async () => {
            listeners.delete(listener);
            await Promise.all(hints.map((each) => each?.stop()));
          },
        };
      },
    },
    ...(fused?.commit && { fused: { commit: fused.commit, insteadOf: fused.insteadOf } }),
    close: async () => {
      isClosed = true;
      await engine.close();
    },
  };
}

/** An engine that has lost nothing for so long is told of anew. */
const LOSS_QUIET_MS = 600_000;

function lossProblem(queue: QueueName, howMany: number): Error {
  return new Error(
    `The queue engine was given ${howMany} ${howMany === 1 ? 'message' : 'messages'} of ${queue} twice and did not bring them. They are claimed from the database directly. Check whether it evicts or loses data, and its stalled jobs.`,
  );
}

function awayProblem(problem: unknown): Error {
  return new Error(
    `The queue engine is unavailable, and messages are claimed from the database directly: ${errorText(problem)} Check that it is running and reachable.`,
    { cause: problem },
  );
}
