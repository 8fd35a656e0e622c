import type { BindingStatus } from '../build/statuses.js';

/** The state of a build after a change: accepted, claimed, rescheduled, completed, failed, or changed by a command. */
export interface BuildChange {
  readonly tenantId: string;
  readonly bindingId: string;
  readonly automationVersionId: string;
  readonly status: BindingStatus;
  readonly run: number;
  readonly errorReason: string | null;
  readonly assigneeId: string | null;
  /** ISO 8601 with microseconds, the database's time. It never decreases for one build. */
  readonly changedAt: string;
}

/** A changed build, as it is read. */
export interface ChangedBuild extends BuildChange {
  /** Differs after every change of the build, but not after an extension of its lease. */
  readonly changeToken: string;
}

/** The result of one read of changed builds. */
export interface ChangedBuilds {
  /** The database's time of the read, as text that sorts by time. Everything committed before it was seen. */
  readonly now: string;
  /** The beginning of the period that was read, in the same format. */
  readonly from: string;
  readonly builds: readonly ChangedBuild[];
}
