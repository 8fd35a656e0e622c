import type { ResultAsync } from 'neverthrow';
import type { RequestBuildError } from './core/build/errors.js';
import type { OpsError } from './core/ops/ops-error.js';
import type { BuildPreview } from './core/request/preview-build.js';
import type { BuildRecord } from './core/views/build-record.js';
import type { BuildExplanation } from './core/views/explain/explain-build.js';
import type { CommandResult } from './handlers/handle-command.js';
import type {
  AdoptInput,
  AssignInput,
  CancelInput,
  GetInput,
  ListInput,
  RetryInput,
  RetryManyInput,
} from './input/operation-inputs.js';
import type { PreviewInput } from './input/request-build-input.js';

/** A build with what it means in words. */
export interface ExplainedBuild extends BuildRecord {
  readonly explanation: BuildExplanation;
}

/** Some builds of a tenant, newest first. */
export interface BuildPage {
  readonly builds: readonly ExplainedBuild[];
  /** Give it as `cursor` to get the page behind; `null`: this is the last. */
  readonly nextCursor: string | null;
}

/** What became of a command to retry many builds. */
export interface RetriedBuilds {
  readonly retried: readonly CommandResult[];
  /** Those that stay as they are, each with the reason. */
  readonly refused: readonly { readonly bindingId: string; readonly error: OpsError }[];
  /** Those whose command broke off, with what was thrown: look at each, since it may have been carried out all the same. */
  readonly failed: readonly { readonly bindingId: string; readonly problem: unknown }[];
  /** Give it as `cursor` to go on with the builds behind; `null`: these were the last. */
  readonly nextCursor: string | null;
}

/**
 * What people do about builds. Each command is one transaction, stands in the audit log with who gave it and why, and is
 * guarded: of two that are given at once one is carried out, and the other is refused by what it then finds. A command
 * that is refused has changed nothing.
 *
 * Each may also be refused as `invalid_input`; those about one build as `build_not_found`; those that change it as
 * `wrong_build_status`, when somebody was quicker or the build's state wants another command, and as
 * `concurrency_conflict`, when the facts kept moving or were held longer than `lockWaitMs`. Besides these, each names its own.
 *
 * Who may do what is the host's business: check it before you call.
 */
export interface Operations {
  /**
   * What a request would come to, and every prerequisite, met or not. Writes nothing. `invalid_input`.
   *
   * @example
   * ```ts
   * const preview = await builds.previewBuild({ tenantId, automationVersionId });
   * const missing = preview.map(({ prerequisites }) => prerequisites.filter(({ met }) => !met));
   * ```
   */
  readonly previewBuild: (of: PreviewInput) => ResultAsync<BuildPreview, RequestBuildError>;

  /**
   * One build with its calls, and in words what state it is in, why, and what comes next. Another tenant's is
   * `build_not_found`. Needs the capability `buildViews`.
   *
   * @example
   * ```ts
   * const build = await builds.getBuild({ tenantId, bindingId });
   * if (build.isOk()) show(build.value.explanation.sentence, build.value.calls);
   * ```
   */
  readonly getBuild: (which: GetInput) => ResultAsync<ExplainedBuild, OpsError>;

  /**
   * A tenant's builds, newest first, 50 to a page unless told otherwise, 200 at most. Needs the capability `buildViews`.
   *
   * @example
   * ```ts
   * const first = await builds.listBuilds({ tenantId, status: 'error', limit: 20 });
   * const cursor = first.isOk() ? first.value.nextCursor : null;
   * const second = cursor === null ? null : await builds.listBuilds({ tenantId, status: 'error', limit: 20, cursor });
   * ```
   */
  readonly listBuilds: (which: ListInput) => ResultAsync<BuildPage, OpsError>;

  /**
   * Builds once more what ended as an error, in a new run with calls of its own. Version and blueprint are checked again,
   * the quote is not: `not_buildable`, `blueprint_incomplete`.
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
  readonly retryBuild: (which: RetryInput) => ResultAsync<CommandResult, OpsError>;

  /**
   * Retries the tenant's builds that failed for one reason, the newest first, each on its own: 100 unless told otherwise,
   * 1,000 at most. `nextCursor` leads to the older ones, whatever became of these. Needs the capability `buildViews`.
   *
   * Only `invalid_input` refuses it as a whole. Each build is refused for what `retryBuild` is refused for, and as
   * `wrong_error_reason`: it has failed again since it was looked for, for another reason, and is left alone.
   *
   * @example
   * ```ts
   * const command = { tenantId, errorReason: 'wrk_api_error', userId, reason: 'WRK works again.' } as const;
   * const page = (await builds.retryBuilds(command))._unsafeUnwrap();
   * for (const { bindingId, error } of page.refused) show(bindingId, error.message);
   * if (page.nextCursor !== null) await builds.retryBuilds({ ...command, cursor: page.nextCursor });
   * ```
   */
  readonly retryBuilds: (which: RetryManyInput) => ResultAsync<RetriedBuilds, OpsError>;

  /**
   * Gives a build that is `pending` or in error to a solutions engineer, who is told; or to nobody (`null`), and the ops
   * team is told. Disturbs no worker. Whose it is already, it stays, and nobody is told.
   *
   * @example
   * ```ts
   * await builds.assignBuild({ tenantId, bindingId, assigneeId, userId, reason: 'Ada is away.' });
   * ```
   */
  readonly assignBuild: (which: AssignInput) => ResultAsync<CommandResult, OpsError>;

  /**
   * Makes a workflow that was made or found by hand the build's own, and completes it as a worker would have. The build is
   * `pending` or in error; its version must still be the one that is being built: `not_buildable`.
   * `call_under_way` while a worker is at the build, `workflow_taken` when another build has it. The workflow is not
   * looked for at WRK: whoever adopts it has seen it. Its address is held against the rule for WRK's own answers, since
   * people are sent to it: `invalid_input`.
   *
   * @example
   * ```ts
   * const workflow = { workflowId: 'wf_1', workflowUrl: 'https://app.wrk.example/workflows/wf_1' };
   * await builds.adoptWorkflow({ tenantId, bindingId, ...workflow, userId, reason: 'Found at WRK.' });
   * ```
   */
  readonly adoptWorkflow: (which: AdoptInput) => ResultAsync<CommandResult, OpsError>;

  /**
   * Gives up a build that is `pending` or in error: version and project go back where they came from, and can be requested
   * again. `call_under_way` while a worker is at the build, `duplicate_risk` while a call may have made a workflow, unless
   * `acceptDuplicateRisk`.
   *
   * @example
   * ```ts
   * const command = { tenantId, bindingId, userId, reason: 'The client withdrew.' };
   * const cancelled = await builds.cancelBuild(command);
   * if (cancelled.isErr() && cancelled.error.code === 'duplicate_risk') show(cancelled.error.details.calls);
   * ```
   */
  readonly cancelBuild: (which: CancelInput) => ResultAsync<CommandResult, OpsError>;
}
