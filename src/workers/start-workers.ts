import { BUILD_REQUESTS, NOTIFICATIONS, type QueueName } from '../core/messages.js';
import { type DeliveryShell, deliverNotification } from '../handlers/deliver-notification.js';
import { reconcile } from '../handlers/reconcile.js';
import { type BuildWorkerShell, startBuildWorker } from './build-worker.js';
import { keepLeases } from './lease-keeper.js';
import { type PullLoop, startPullLoop } from './pull-loop.js';
import type { Wakers } from './wakers.js';

/** How much the workers of one process do, and how often they look. Durations in milliseconds. */
export interface WorkerOptions {
  /** Builds in the hands of this process at once. Default 32; 0 leaves builds to other processes. */
  readonly builds?: number;
  /** Notifications in the hands of this process at once. Default 32; 0 leaves notifications to other processes. */
  readonly notifications?: number;
  /** Between two looks at an empty queue. Default 1,000 ms. */
  readonly pollMs?: number;
  /** How long a build or a message belongs to this process without a sign of life from it. Default 60,000 ms. */
  readonly leaseMs?: number;
  /** Between two sweeps for builds whose message was lost. Default 30,000 ms. */
  readonly sweepMs?: number;
}

/** The running workers of one process. */
export interface Workers {
  /** Resolves once both queues are empty, waits and retries included. For demos, tests and one-off jobs. */
  readonly drain: () => Promise<void>;
  /**
   * Takes no more work and finishes what it holds. What is not done after `graceMs` (default 35,000 ms, longer than a
   * call to WRK may take) is put back for another process; the cut-off call does not count against its build.
   */
  readonly stop: (options?: { readonly graceMs?: number }) => Promise<void>;
}

/** What the workers need of the world. */
export interface WorkerShell<Tx> extends Omit<BuildWorkerShell<Tx>, 'leases' | 'onProblem'> {
  readonly delivery: DeliveryShell;
  readonly onWake: Wakers['onWake'];
}

const DRAIN_LOOK_MS = 20;

/** Starts the build worker, the notification worker and the sweep. */
export function startWorkers<Tx>(shell: WorkerShell<Tx>, options: WorkerOptions = {}): Workers {
  const { builds = 32, notifications = 32, pollMs = 1_000, leaseMs = 60_000, sweepMs = 30_000 } = options;
  const { messages, delivery, emit } = shell;
  const { random } = shell.orchestration;
  const onProblem = (worker: string) => (problem: unknown) =>
    emit({
      type: 'worker_problem',
      worker,
      problem: problem instanceof Error ? problem.message : String(problem),
    });

  const leases = keepLeases({
    leaseMs,
    extend: (held) => messages.repository.extendLeases(held, { leaseMs }),
    onProblem: onProblem('leases'),
  });
  const loops: PullLoop[] = [];
  const forget: (() => void)[] = [];
  const run = (queue: QueueName, loop: PullLoop) => {
    loops.push(loop);
    forget.push(shell.onWake(queue, loop.wake));
  };
  if (builds > 0) {
    run(
      BUILD_REQUESTS,
      startBuildWorker({ ...shell, leases, onProblem }, { concurrency: builds, pollMs, leaseMs }),
    );
  }
  if (notifications > 0) {
    const loop = startPullLoop({
      concurrency: notifications,
      pollMs,
      random,
      onProblem: onProblem(NOTIFICATIONS),
      take: (limit) => messages.queue.claim(NOTIFICATIONS, { limit, leaseMs }),
      handle: (message) => deliverNotification(message, delivery),
    });
    run(NOTIFICATIONS, loop);
  }
  const sweep = async () => {
    const strandedBuilds = await reconcile(messages);
    if (strandedBuilds > 0) emit({ type: 'sweep_finished', strandedBuilds });
  };
  // Give or take a fifth, so that processes that started together do not sweep together.
  const sweeping = setInterval(
    () => void sweep().catch(onProblem('sweep')),
    sweepMs * (0.8 + 0.4 * random()),
  );

  const isDone = async () => {
    const depths = await Promise.all([
      messages.queue.depth(BUILD_REQUESTS),
      messages.queue.depth(NOTIFICATIONS),
    ]);
    return (
      depths.every((depth) => depth.waiting + depth.inFlight === 0) && loops.every((loop) => loop.isIdle())
    );
  };
  return {
    drain: async () => {
      // Twice in a row: a build that has just ended leaves notifications behind.
      for (let quiet = 0; quiet < 2; ) {
        quiet = (await isDone()) ? quiet + 1 : 0;
        for (const loop of loops) loop.wake();
        await new Promise((resolve) => setTimeout(resolve, DRAIN_LOOK_MS));
      }
    },
    stop: async ({ graceMs = 35_000 } = {}) => {
      clearInterval(sweeping);
      for (const each of forget) each();
      const grace = setTimeout(() => leases.abortAll('The process stops.'), graceMs);
      await Promise.all(loops.map((loop) => loop.stop()));
      clearTimeout(grace);
      leases.stop();
    },
  };
}
