import type { BindingStatus } from '../build/statuses.js';

/** How a build stands after it has changed: accepted, claimed, rescheduled, completed, failed, or changed by a person. */
export interface BuildChange {
  readonly tenantId: string;
  readonly bindingId: string;
  readonly automationVersionId: string;
  readonly status: BindingStatus;
  readonly run: number;
  readonly errorReason: string | null;
  readonly assigneeId: string | null;
  /** ISO 8601, the database's time, microseconds kept. The later change of one build never has the earlier time. */
  readonly changedAt: string;
}

/** A build that has changed, as it is found. */
export interface ChangedBuild extends BuildChange {
  /** Differs after every change of the build, and stays while a worker merely extends its lease. */
  readonly changeToken: string;
}

/** What one look for changed builds found. */
export interface ChangedBuilds {
  /** The database's time when it looked, as text that sorts by time. Whatever was committed before it was seen. */
  readonly now: string;
  /** From when on it looked, as the same text. */
  readonly from: string;
  readonly builds: readonly ChangedBuild[];
}
