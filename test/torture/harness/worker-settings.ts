import type { WorkerOptions } from '../../../src/workers/start-workers.js';
import type { SetUp } from './plan.js';

/** What a worker process of the harness is started with. */
export interface HarnessWorkerSettings {
  readonly setUp: SetUp;
  readonly databaseUrl: string;
  /** `null`: the engine needs none. */
  readonly redisUrl: string | null;
  readonly wrkUrl: string;
  readonly lookupUrl: string;
  readonly wrkToken: string;
  readonly smtpPort: number;
  readonly slackUrl: string;
  readonly workers: WorkerOptions;
  /** A file for the events of the library, one a line. */
  readonly log: string;
  /** Leaves out the question whether the lease still holds: the proof that the harness sees what follows (A1). */
  readonly withoutLeaseCheck: boolean;
}

/** How patiently everything is done: in a run of seconds, nothing waits for a minute. */
export const PATIENCE = {
  retry: { initialDelayMs: 100, maxRetryAfterMs: 1_500 },
  delivery: { maxAttempts: 6, initialDelayMs: 150, maxDelayMs: 1_000 },
  circuitBreaker: { initialProbeDelayMs: 200, maxProbeDelayMs: 1_000 },
} as const;

/** Who is behind each audience. The address says whose they are. */
export const peopleOf = (tenantId: string, audience: string) =>
  (audience === 'ops_team' ? ['ops one', 'ops two'] : [audience]).map((id) => ({
    id,
    address: `${id.replace(' ', '-')}@${tenantId}.test`,
  }));
