import type { RequestTrigger } from '../core/request/request-build.js';

/** Names the version itself. */
interface ByVersion {
  /** Id of the automation version to build, of at most 200 characters. Give this or `projectId`, not both. */
  readonly automationVersionId: string;
  /** Left out: the version says which project is meant. */
  readonly projectId?: undefined;
}

/** Names the project, which has exactly one version that may start. */
interface ByProject {
  /**
   * Id of the project, of at most 200 characters. Its only version in one of `startableStatuses` is meant. Give this or
   * `automationVersionId`, not both.
   */
  readonly projectId: string;
  /** Left out: the project says which version is meant. */
  readonly automationVersionId?: undefined;
}

interface RequestDetails {
  /** Id of the tenant, of at most 200 characters. Versions and projects of other tenants are not found. */
  readonly tenantId: string;
  /** What caused the request. It is written to the audit log. */
  readonly trigger: RequestTrigger;
  /**
   * Id of the person who requests the build, of at most 200 characters; `null`: the host's own code does. It is written to
   * the audit log.
   *
   * @default null
   */
  readonly userId?: string | null | undefined;
  /**
   * Id of the solutions engineer who is told of the build, of at most 200 characters; `null`: nobody.
   *
   * @default null
   */
  readonly assigneeId?: string | null | undefined;
  /**
   * Joins events, messages and calls to WRK with the logs of whoever asked, of at most 200 characters.
   *
   * @default a new id
   */
  readonly requestId?: string | undefined;
  /**
   * Which of the tenant's own builds goes first: the higher one. A whole number from -100 to 100. No tenant gets ahead of
   * another by it.
   *
   * @default 0
   */
  readonly priority?: number | undefined;
  /**
   * The version's status as the caller last saw it, of at most 200 characters. When it has changed, the request is refused
   * as `concurrency_conflict`; `null`: it is not compared.
   *
   * @default null
   */
  readonly lastKnownStatus?: string | null | undefined;
  /**
   * The version's `updatedAt` as the caller last saw it, compared as text, of at most 200 characters. When it has changed,
   * or the host's tables have none, the request is refused as `concurrency_conflict`; `null`: it is not compared.
   *
   * @default null
   */
  readonly lastKnownUpdatedAt?: string | null | undefined;
  /**
   * The version's `rowVersion` as `previewBuild` last gave it, of at most 200 characters. Every write of the row moves it, also
   * one that leaves `updatedAt` alone. When it has moved, the request is refused as `concurrency_conflict`; `null`: it is not
   * compared.
   *
   * @default null
   */
  readonly lastKnownRowVersion?: string | null | undefined;
  /**
   * A key of the caller's own, of at most 200 characters. The same request sent again with the same key gets the first
   * answer and changes nothing, for as long as `retention.idempotencyAnswersMs` says. Another request with the same key is
   * refused as `idempotency_key_reused`; `null`: each request stands for itself.
   *
   * @default null
   */
  readonly idempotencyKey?: string | null | undefined;
}

/** A request for a build. It names either the version or its project. */
export type RequestBuildInput = RequestDetails & (ByVersion | ByProject);

/** Which request to preview. It names either the version or its project. */
export type PreviewInput = Pick<RequestDetails, 'tenantId'> & (ByVersion | ByProject);
