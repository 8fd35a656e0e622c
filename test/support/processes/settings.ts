import type { DuplicatePolicy } from '../../../src/core/orchestration/wrk-answer.js';
import type { WorkerOptions } from '../../../src/workers/start-workers.js';

/** What a worker process is started with. */
export interface WorkerSettings {
  readonly databaseUrl: string;
  readonly wrkUrl: string;
  /** Answers `?tenantId=…&reference=…` as `findWorkflow` would. */
  readonly lookupUrl: string;
  readonly duplicates: DuplicatePolicy;
  readonly workers: WorkerOptions;
}

const VARIABLE = 'WORKER_SETTINGS';

/** The settings as an environment, and nothing besides. */
export function environmentOf(settings: object): Record<string, string> {
  return { [VARIABLE]: JSON.stringify(settings) };
}

/** Reads what {@link environmentOf} wrote. */
export function readSettings<Settings extends object = WorkerSettings>(
  environment: NodeJS.ProcessEnv,
): Settings {
  return JSON.parse(environment[VARIABLE] ?? '');
}
