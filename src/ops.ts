import type { ResultAsync } from 'neverthrow';
import type { BuildRecord } from './core/build-record.js';
import type { RequestBuildError } from './core/errors.js';
import type { BuildExplanation } from './core/explain/explain-build.js';
import type { OpsError } from './core/ops/ops-error.js';
import type { BuildPreview } from './core/preview-build.js';
import type { OrderedBuild } from './handlers/handle-order.js';
import type { RetriedEach } from './handlers/retry-each.js';
import type {
  AdoptInput,
  AssignInput,
  CancelInput,
  GetInput,
  ListInput,
  RetryInput,
  RetryManyInput,
} from './ops-input.js';

/** A build with what it means in words. */
export interface ExplainedBuild extends BuildRecord {
  readonly explanation: BuildExplanation;
}

/** Some builds of a tenant, newest first. */
export interface BuildPage {
  readonly builds: readonly ExplainedBuild[];
  /** Give it as `after` to get the page behind; `null`: this is the last. */
  readonly next: string | null;
}

/** What became of an order to retry many builds. */
export interface RetriedBuilds extends RetriedEach {
  /** Give it as `after` to go on with the builds behind; `null`: these were the last. */
  readonly next: string | null;
}

/**
 * What people do about builds. Each order is one transaction, stands in the audit log with who gave it and why, and is
 * guarded: of two that are given at once one is carried out, and the other is refused by what it then finds. An order
 * that is refused has changed nothing.
 *
 * Who may order what is the host's business: check it before you call.
 */
export interface Operations {
  /** What a request would come to, and every prerequisite, met or not. Writes nothing. */
  readonly previewBuild: (of: {
    readonly tenantId: string;
    readonly automationVersionId?: string;
    readonly projectId?: string;
  }) => ResultAsync<BuildPreview, RequestBuildError>;

  /** One build with its calls, and in words what state it is in, why, and what comes next. `build_not_found`, `invalid_order`. */
  readonly getBuild: (which: GetInput) => ResultAsync<ExplainedBuild, OpsError>;

  /** A tenant's builds, newest first, 50 to a page unless told otherwise. `invalid_order`. */
  readonly listBuilds: (which: ListInput) => ResultAsync<BuildPage, OpsError>;

  /**
   * Builds once more what ended as an error, in a new run with calls of its own. Version and blueprint are checked again,
   * the quote is not.
   *
   * Where an earlier call may have made the workflow, the next one keeps its idempotency key, or WRK is asked first. With
   * neither, or after an edit, or with `freshKey`, it may make a second one: `duplicate_risk`, unless
   * `acceptDuplicateRisk`.
   *
   * @example
   * ```ts
   * const retried = await builds.retryBuild({ tenantId, bindingId, userId, reason: 'The node was renamed.' });
   * if (retried.isErr()) return reply(409, retried.error.message);
   * ```
   */
  readonly retryBuild: (which: RetryInput) => ResultAsync<OrderedBuild, OpsError>;

  /** Retries the tenant's builds that failed for one reason, each on its own; 100 at most unless told otherwise. */
  readonly retryBuilds: (which: RetryManyInput) => ResultAsync<RetriedBuilds, OpsError>;

  /** Gives a build to a solutions engineer, who is told; or to nobody, and the ops team is told. Disturbs no worker. */
  readonly assignBuild: (which: AssignInput) => ResultAsync<OrderedBuild, OpsError>;

  /**
   * Makes a workflow that was made or found by hand the build's own, and completes it as a worker would have.
   * `call_under_way` while a worker is at the build, `workflow_taken` when another build has it. The workflow is not
   * looked for at WRK: whoever adopts it has seen it.
   */
  readonly adoptWorkflow: (which: AdoptInput) => ResultAsync<OrderedBuild, OpsError>;

  /**
   * Gives a build up: version and project go back where they came from, and can be requested again. `call_under_way`
   * while a worker is at the build, `duplicate_risk` while a call may have made a workflow.
   */
  readonly cancelBuild: (which: CancelInput) => ResultAsync<OrderedBuild, OpsError>;
}
