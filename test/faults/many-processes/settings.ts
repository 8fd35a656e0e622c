import type { WorkerOptions } from '../../../src/workers/start-workers.js';

/** What a worker process behind BullMQ is started with. */
export interface QueueWorkerSettings {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly wrkUrl: string;
  /** Takes mails, Slack messages and the names of what is handed over: see `startPostOffice`. */
  readonly officeUrl: string;
  readonly workers: WorkerOptions;
}

/** Who is behind each audience: two people are the ops team, so that one delivery may fail without the other. */
export const PEOPLE: Readonly<Record<string, readonly string[]>> = {
  client: ['client'],
  ops_team: ['ops one', 'ops two'],
  project_owner: ['owner'],
  ops_channel: ['ops channel'],
};
