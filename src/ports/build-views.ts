import type { BindingStatus } from '../core/build/statuses.js';
import type { ChangedBuilds } from '../core/views/build-change.js';
import type { BuildRecord } from '../core/views/build-record.js';

/** Where in a list of builds one has come to. */
export interface BuildCursor {
  /** As `BuildRecord` has it. */
  readonly createdAt: string;
  readonly bindingId: string;
}

/** Which builds are asked for. Everything that is given must be so. */
export interface BuildQuery {
  readonly tenantId: string;
  readonly bindingId?: string | undefined;
  readonly automationVersionId?: string | undefined;
  readonly status?: BindingStatus | undefined;
  readonly errorReason?: string | undefined;
  readonly assigneeId?: string | undefined;
  readonly limit: number;
  /** The last build of the page before. */
  readonly cursor?: BuildCursor | undefined;
}

/** Which changes of builds are asked for. */
export interface ChangeQuery {
  readonly tenantIds: readonly string[];
  /** A time as `ChangedBuilds` has it, of an earlier look; `null`: the moment of this one. */
  readonly since: string | null;
  /** How far behind `since` to begin, in milliseconds. */
  readonly overlapMs: number;
  /** The most builds of each tenant. */
  readonly limit: number;
}

/** What people see of builds: single ones, lists, changes and figures. */
export interface BuildViews {
  /**
   * Reads what people ask about builds of one tenant, newest first: those that `query` describes, at most `limit`. Two that
   * were requested at the same moment come in a fixed order, so that page after page nothing is left out or told twice.
   */
  readonly findBuilds: (query: BuildQuery) => Promise<readonly BuildRecord[]>;

  /**
   * Reads how builds of these tenants stand that have changed, each build once, from `overlapMs` before `since` on, that
   * moment included: the oldest changes first, at most `limit` of each tenant.
   *
   * The race: a build has the time at which its change was written, and is found once that has committed. So a change
   * that commits late lies before the `now` of a look that did not find it: the overlap is for those.
   */
  readonly findChangedBuilds: (query: ChangeQuery) => Promise<ChangedBuilds>;

  /** Builds that a worker holds, of all tenants. */
  readonly countHeld: () => Promise<number>;
}
