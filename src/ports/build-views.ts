import type { BindingStatus } from '../core/build/statuses.js';
import type { ChangedBuilds } from '../core/views/build-change.js';
import type { BuildRecord } from '../core/views/build-record.js';
import type { RefusedOutcomes } from '../core/views/health.js';

/** A position in a list of builds. */
export interface BuildCursor {
  /** As in `BuildRecord`. */
  readonly createdAt: string;
  readonly bindingId: string;
}

/** A position in the ledger of one build. */
export interface CallCursor {
  readonly run: number;
  readonly number: number;
}

/** Which calls of each build come with it. */
export interface CallQuery {
  /** The newest ones, at most so many. */
  readonly limit: number;
  /** Only calls before this one. */
  readonly before?: CallCursor | undefined;
  /** Whether findings come with calls and error details, or only their numbers. */
  readonly findings: boolean;
}

/** The calls that come with a build unless something else is asked for. */
export const NEWEST_CALLS: CallQuery = { limit: 50, findings: true };

/** Which builds to find. All given conditions must hold. */
export interface BuildQuery {
  readonly tenantId: string;
  readonly bindingId?: string | undefined;
  readonly automationVersionId?: string | undefined;
  readonly status?: BindingStatus | undefined;
  readonly errorReason?: string | undefined;
  readonly assigneeId?: string | undefined;
  readonly limit: number;
  /** @default the newest 50, with their findings */
  readonly calls?: CallQuery | undefined;
  /** The last build of the previous page. */
  readonly cursor?: BuildCursor | undefined;
}

/** Which changes of builds to find. */
export interface ChangeQuery {
  readonly tenantIds: readonly string[];
  /** The `now` of an earlier `ChangedBuilds`; `null` for the current time. */
  readonly since: string | null;
  /** How long before `since` to begin, in milliseconds. */
  readonly overlapMs: number;
  /** The maximum number of builds of each tenant. */
  readonly limit: number;
}

/** What people see of builds: single builds, lists, changes and counts. */
export interface BuildViews {
  /**
   * Reads the builds of one tenant that match `query`, newest first, at most `limit`. Builds that were requested at the
   * same moment have a fixed order, so that no page omits or repeats one.
   */
  readonly findBuilds: (query: BuildQuery) => Promise<readonly BuildRecord[]>;

  /**
   * Reads the builds of these tenants that have changed since `overlapMs` before `since`, that moment included, each
   * build once: oldest changes first, at most `limit` of each tenant.
   *
   * The race: a change carries the time at which it was written, but is visible only after its commit. So a change that
   * commits late may be older than the `now` of a read that did not see it: the overlap is for those.
   */
  readonly findChangedBuilds: (query: ChangeQuery) => Promise<ChangedBuilds>;

  /** Builds that a worker holds, of all tenants. */
  readonly countHeld: () => Promise<number>;

  /** Builds in `error` as `outcome_refused`, of all tenants, and the `detail` of the one that changed last. */
  readonly countRefused: () => Promise<RefusedOutcomes>;
}
