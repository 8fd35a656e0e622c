import type { BuildErrorReason } from '../core/build/errors.js';
import type { BindingStatus } from '../core/build/statuses.js';

interface OfTenant {
  /** Id of the tenant, of at most 200 characters. Builds of other tenants are not found. */
  readonly tenantId: string;
}

/** Who gives a command, and why. */
interface Command extends OfTenant {
  /** Id of the person who gives the command, of at most 200 characters. It is written to the audit log. */
  readonly userId: string;
  /** Why, in a sentence or two, of at most 1,000 characters. It is written to the audit log. */
  readonly reason: string;
}

interface CommandOnBuild extends Command {
  /** Id of the build's workflow binding, as `requestBuild` and `listBuilds` return it. */
  readonly bindingId: string;
}

interface AcceptsRisk {
  /**
   * Goes on although WRK may end up with a workflow that belongs to no build. Without it such a command is refused as
   * `duplicate_risk`.
   *
   * @default false
   */
  readonly acceptDuplicateRisk?: boolean | undefined;
}

interface Retry extends AcceptsRisk {
  /**
   * Calls WRK with a new idempotency key. For a WRK that replays an old refusal under the old key.
   *
   * @default false
   */
  readonly freshKey?: boolean | undefined;
  /**
   * Joins events, messages and calls to WRK with the logs of whoever asked, of at most 200 characters.
   *
   * @default a new id
   */
  readonly requestId?: string | undefined;
}

interface Paged {
  /**
   * `nextCursor` of the page before, unchanged.
   *
   * @default the first page
   */
  readonly cursor?: string | undefined;
}

/** Which build to retry, and how. */
export interface RetryInput extends CommandOnBuild, Retry {}

/** Which failed builds to retry, and how. */
export interface RetryManyInput extends Command, Retry, Paged {
  /** The reason that the builds failed for. */
  readonly errorReason: BuildErrorReason;
  /**
   * The most builds to retry, the newest first. A whole number from 1 to 1,000.
   *
   * @default 100
   */
  readonly limit?: number | undefined;
}

/** Which build to give to whom. */
export interface AssignInput extends CommandOnBuild {
  /** Id of the solutions engineer, of at most 200 characters; `null`: nobody. */
  readonly assigneeId: string | null;
}

/** Which workflow becomes which build's own. */
export interface AdoptInput extends CommandOnBuild {
  /** The id that the workflow has at WRK: at most 200 characters, not blank, no control characters. */
  readonly workflowId: string;
  /** The address of the workflow in the form that WRK returns: https, at most 2,048 characters, no user name. */
  readonly workflowUrl: string;
}

/** Which build to give up. */
export interface CancelInput extends CommandOnBuild, AcceptsRisk {}

interface OfCalls extends OfTenant {
  /**
   * `nextCallsCursor` of the answer before, unchanged, for the calls before those.
   *
   * @default the newest calls
   */
  readonly callsCursor?: string | undefined;
}

interface ByBinding extends OfCalls {
  /** Id of the build's workflow binding, of at most 200 characters. Give this or `automationVersionId`, not both. */
  readonly bindingId: string;
  /** Left out: the build is named by its own id. */
  readonly automationVersionId?: undefined;
}

interface ByVersion extends OfCalls {
  /** Id of the build's automation version, of at most 200 characters. Give this or `bindingId`, not both. */
  readonly automationVersionId: string;
  /** Left out: the build is named by its version. */
  readonly bindingId?: undefined;
}

/** Which build to show: by its own id, or by its automation version's. */
export type GetInput = ByBinding | ByVersion;

/** Which builds of a tenant to list. Those that match everything that is given are listed. */
export interface ListInput extends OfTenant, Paged {
  /**
   * Only builds with this status.
   *
   * @default any status
   */
  readonly status?: BindingStatus | undefined;
  /**
   * Only builds that failed for this reason.
   *
   * @default any reason, and builds without one
   */
  readonly errorReason?: BuildErrorReason | undefined;
  /**
   * Only builds of this solutions engineer, by an id of at most 200 characters.
   *
   * @default anybody's, and nobody's
   */
  readonly assigneeId?: string | undefined;
  /**
   * Builds on one page. A whole number from 1 to 200.
   *
   * @default 50
   */
  readonly limit?: number | undefined;
}
