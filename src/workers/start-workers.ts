import { BUILD_REQUESTS, NOTIFICATIONS } from '../core/build/messages.js';
import { errorText } from '../core/input/error-text.js';
import { type DeliveryDeps, deliverNotification } from '../handlers/deliver-notification.js';
import type { RemovedRows } from '../handlers/remove-old-rows.js';
import { readStopOptions, readWorkerOptions } from '../input/worker-options.js';
import type { QueueListener } from '../ports/queue-listener.js';
import type { Timer, Timers } from '../runtime/runtime.js';
import { sleep } from '../runtime/waiting.js';
import { type BuildWorkerDeps, startBuildWorker } from './build-worker.js';
import { keepLeases } from './lease-keeper.js';
import { startPullLoop } from './pull-loop.js';
import { startSweep } from './sweep.js';
import type { WakeSignal } from './wake-signal.js';

interface Concurrency {
  /**
   * Builds. A whole number from 0 to 10,000; 0 leaves builds to other processes.
   *
   * @default 32
   */
  readonly builds?: number | undefined;
  /**
   * Notifications. A whole number from 0 to 10,000; 0 leaves notifications to other processes.
   *
   * @default 32
   */
  readonly notifications?: number | undefined;
}

/** How much the workers of one process do, and how often they poll. */
export interface WorkerOptions {
  /**
   * How many items this process works on at the same time.
   *
   * @default 32 builds and 32 notifications
   */
  readonly concurrency?: Concurrency | undefined;
  /**
   * The time between two polls of an empty queue, and up to a quarter more, in milliseconds, from 1 to 86,400,000 (1 day).
   *
   * @default 1_100, which is fewer than two statements a second
   */
  readonly pollIntervalMs?: number | undefined;
  /**
   * How long a build or a message belongs to this process without a sign of life from it, in milliseconds, from 1 to
   * 86,400,000 (1 day).
   *
   * @default 60_000
   */
  readonly leaseMs?: number | undefined;
  /**
   * The time between two sweeps for builds whose message was lost, and for calls whose outcome is to be looked up, give or take a fifth, in milliseconds, from 1 to
   * 86,400,000 (1 day). What is older than `retention` says is removed after every 20 of these intervals.
   *
   * @default 30_000
   */
  readonly sweepIntervalMs?: number | undefined;
}

interface StopOptions {
  /**
   * How long work in hand may take to finish, in milliseconds, from 0 to 86,400,000 (1 day). Fractions are fine, since it is
   * often what is left of a deadline. The default is longer than a call to WRK may take.
   *
   * @default 35_000
   */
  readonly graceMs?: number | undefined;
}

/** The running workers of one process. */
export interface Workers {
  /** Resolves once both queues are empty, including scheduled retries. For demos, tests and one-off jobs. */
  readonly drain: () => Promise<void>;
  /**
   * Stops claiming and finishes what is in progress. What is not done after `graceMs` is rescheduled for another process;
   * an aborted call does not count as a retry. A notifier that has not answered by then is not awaited: its message is
   * delivered again. Rejects with a `TypeError` for a `graceMs` that cannot be used.
   */
  readonly stop: (options?: StopOptions) => Promise<void>;
}

/** What the workers need. */
export interface WorkerDeps<Tx> extends Omit<BuildWorkerDeps<Tx>, 'leases' | 'onProblem'> {
  readonly delivery: DeliveryDeps;
  /** `null`: there are no wake signals, and workers only poll. */
  readonly queueListener: QueueListener | null;
  /** Sends a message again for builds that wait without one; `null`: nothing can find them. */
  readonly reconcile: ((signal: AbortSignal) => Promise<number>) | null;
  /** Asks what became of calls that ended builds do not know the outcome of; `null`: WRK cannot be asked. */
  readonly followUpCalls: ((signal: AbortSignal) => Promise<void>) | null;
  /** Removes what is older than the host keeps it; `null`: nothing is ever removed. */
  readonly removeOldRows: ((signal: AbortSignal) => Promise<RemovedRows>) | null;
  readonly onWake: WakeSignal['onWake'];
}

const DRAIN_POLL_MS = 20;

/** Sweep intervals between two removals of old rows: what is kept for days need not be looked for every half minute. */
const RETENTION_EVERY = 20;

/** Starts the build worker, the notification worker and the sweeps. Throws a TypeError for options that cannot be used. */
export function startWorkers<Tx>(deps: WorkerDeps<Tx>, options: WorkerOptions = {}): Workers {
  const { concurrency, pollIntervalMs, leaseMs, sweepIntervalMs } = readWorkerOptions(options);
  const { builds, notifications } = concurrency;
  const { messages, delivery, emit, runtime, reconcile, followUpCalls, removeOldRows } = deps;
  const onProblem = (worker: string) => (problem: unknown) =>
    emit({ type: 'worker_problem', worker, problem: errorText(problem) });

  const leases = keepLeases({
    leaseMs,
    extend: (held) => messages.repository.extendLeases(held, { leaseMs }),
    onProblem: onProblem('leases'),
    runtime,
  });
  const building =
    builds > 0
      ? startBuildWorker({ ...deps, leases, onProblem }, { concurrency: builds, pollIntervalMs, leaseMs })
      : null;
  const delivering =
    notifications > 0
      ? startPullLoop({
          concurrency: notifications,
          pollIntervalMs,
          runtime,
          onProblem: onProblem(NOTIFICATIONS),
          claim: async (limit) => {
            await deps.ready();
            return messages.queue.claim(NOTIFICATIONS, { limit, leaseMs });
          },
          handle: (message) => deliverNotification(message, delivery),
        })
      : null;
  const loops = [building, delivering].filter((loop) => loop !== null);
  const forget = [
    building && deps.onWake(BUILD_REQUESTS, building.wake),
    delivering && deps.onWake(NOTIFICATIONS, delivering.wake),
  ];
  const listening = deps.queueListener?.listen({
    wake: (queue) => (queue === BUILD_REQUESTS ? building : delivering)?.wake(),
    onProblem: onProblem('listener'),
  });
  const sweeps = [
    reconcile &&
      startSweep({
        intervalMs: sweepIntervalMs,
        runtime,
        onProblem: onProblem('sweep'),
        run: async (signal) => {
          await deps.ready();
          const strandedBuilds = await reconcile(signal);
          if (strandedBuilds === 0) return;
          emit({ type: 'sweep_finished', strandedBuilds });
          building?.wake();
        },
      }),
    followUpCalls &&
      startSweep({
        intervalMs: sweepIntervalMs,
        runtime,
        onProblem: onProblem('follow_up'),
        run: async (signal) => {
          await deps.ready();
          await followUpCalls(signal);
          delivering?.wake();
        },
      }),
    removeOldRows &&
      startSweep({
        intervalMs: RETENTION_EVERY * sweepIntervalMs,
        runtime,
        onProblem: onProblem('retention'),
        run: async (signal) => {
          await deps.ready();
          const removed = await removeOldRows(signal);
          if (Object.values(removed).some((count) => count > 0))
            emit({ type: 'old_rows_removed', ...removed });
        },
      }),
  ].filter((sweep) => sweep !== null);

  const isDone = async () => {
    // Watched all the while: what a loop claimed, or rescheduled, while the queues were counted may be in neither of them.
    const watched = loops.map((loop) => loop.watch());
    const queues = await Promise.all([
      messages.queue.stats(BUILD_REQUESTS),
      messages.queue.stats(NOTIFICATIONS),
    ]);
    const idle = await Promise.all(watched.map((answer) => answer()));
    return idle.every(Boolean) && queues.every(({ waiting, inFlight }) => waiting + inFlight === 0);
  };
  return {
    drain: async () => {
      // Twice in a row: a build that has just ended leaves notifications behind.
      for (let quiet = 0; quiet < 2; ) {
        quiet = (await isDone()) ? quiet + 1 : 0;
        for (const loop of loops) loop.wake();
        await sleep(runtime, DRAIN_POLL_MS);
      }
    },
    stop: async (stopping) => {
      const { graceMs } = readStopOptions(stopping);
      const swept = sweeps.map((sweep) => sweep.stop());
      for (const each of forget) each?.();
      const grace = startGrace(runtime, graceMs);
      const over = grace.over.then(() => leases.abortAll('The process is stopping.'));
      // A call to WRK ends when it is aborted, and its build is rescheduled; a notifier cannot be told to end.
      const notified = delivering && Promise.race([delivering.stop(), over]);
      await Promise.all([building?.stop(), notified, ...swept, listening?.stop()]);
      grace.end();
      leases.stop();
    },
  };
}

/** `over` resolves after `graceMs`, unless `end` comes first. */
function startGrace(
  runtime: Timers,
  graceMs: number,
): { readonly over: Promise<void>; readonly end: () => void } {
  let timer: Timer | undefined;
  const over = new Promise<void>((resolve) => {
    timer = runtime.setTimer(graceMs, resolve);
  });
  return { over, end: () => timer?.clear() };
}
