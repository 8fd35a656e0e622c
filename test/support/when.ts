// What an app does in a test of the whole library.

import { onTestFinished } from 'vitest';
import type { BuildEvent } from '../../src/observability/events.js';
import type { WorkerOptions, Workers } from '../../src/workers/start-workers.js';
import { count } from './then.js';
import { until } from './until.js';

export * from '../../src/testing/contracts/support/when.js';

interface Running {
  readonly builds: { readonly startWorkers: (options?: WorkerOptions) => Workers };
  readonly events: readonly BuildEvent[];
}

/** Starts workers that poll often; those of a test that fails half-way are stopped after it. */
export function start({ builds }: Pick<Running, 'builds'>, options: WorkerOptions = {}): Workers {
  const workers = builds.startWorkers({ pollIntervalMs: 2, ...options });
  onTestFinished(() => workers.stop({ graceMs: 0 }));
  return workers;
}

/** Starts workers of builds alone, whose sweeps come later than any test unless told otherwise. */
export function startBuilds(app: Pick<Running, 'builds'>, options: WorkerOptions = {}): Workers {
  return start(app, {
    sweepIntervalMs: 3_600_000,
    ...options,
    concurrency: { ...options.concurrency, notifications: 0 },
  });
}

/** Waits until this was told so often. */
export function happened(app: Pick<Running, 'events'>, type: BuildEvent['type'], times = 1): Promise<void> {
  return until(() => count(app, type) >= times);
}

/** Works on builds until this was told so often, and stops. */
export async function workUntil(app: Running, type: BuildEvent['type'], times = 1): Promise<void> {
  const workers = startBuilds(app);
  await happened(app, type, times);
  await workers.stop();
}

const SETTLED: readonly BuildEvent['type'][] = [
  'build_completed',
  'build_failed',
  'build_rescheduled',
  'lease_lost',
];

/** Works on builds until so many have settled since it began, in whatever way, and stops. */
export async function work(app: Running, settled = 1): Promise<void> {
  const over = () => app.events.filter(({ type }) => SETTLED.includes(type)).length;
  const before = over();
  const workers = startBuilds(app);
  await until(() => over() >= before + settled);
  await workers.stop();
}
