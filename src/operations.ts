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

/** A build with its explanation in words. */
export interface ExplainedBuild extends BuildRecord {
  /** Pass it to `getBuild` as `callsCursor` to get the calls before these; `null` if there are none. */
  readonly nextCallsCursor: string | null;
  readonly explanation: BuildExplanation;
}

/** Some builds of a tenant, newest first. */
export interface BuildPage {
  readonly builds: readonly ExplainedBuild[];
  /** Pass it as `cursor` to get the next page; `null` on the last page. */
  readonly nextCursor: string | null;
}

/** The outcome of a command to retry many builds. */
export interface RetriedBuilds {
  readonly retried: readonly CommandResult[];
  /** Those that were refused, each with the reason. */
  readonly refused: readonly { readonly bindingId: string; readonly error: OpsError }[];
  /** Those whose command was interrupted, with what was thrown. Check each: it may have taken effect all the same. */
  readonly failed: readonly { readonly bindingId: string; readonly problem: unknown }[];
  /** Pass it as `cursor` to continue with older builds; `null` if there are none. */
  readonly nextCursor: string | null;
}

/**
 * The commands and views of the ops team. Each command is one transaction, and the audit log records who gave it and
 * why. Of two concurrent commands one is carried out, and the other is refused. A refused command has changed
 * nothing; the audit log has it as `command_refused`, unless the tenant has no such build.
 *
 * Every function may return `invalid_input`; those about one build, `build_not_found`; those that change it,
 * `wrong_build_status`, if somebody was faster or the command does not apply to the build's state, and
 * `concurrency_conflict`, if the build kept changing or stayed locked for longer than `lockWaitMs`. Each function names
 * its further errors.
 *
 * The host decides who may do what: check it before you call.
 */
export interface Operations {
  /**
   * How a request would be decided, and every prerequisite, met or not. Writes nothing. May return `invalid_input`.
   *
   * @example
   * ```ts
   * const preview = await builds.previewBuild({ tenantId, automationVersionId });
   * const missing = preview.map(({ prerequisites }) => prerequisites.filter(({ met }) => !met));
   * ```
   */
  readonly previewBuild: (of: PreviewInput) => ResultAsync<BuildPreview, RequestBuildError>;

  /**
   * One build with its newest 50 calls, and its state, cause and next step in words; `callsCursor` pages through older
   * calls. For another tenant's build: `build_not_found`. Needs the capability `buildViews`.
   *
   * @example
   * ```ts
   * const build = await builds.getBuild({ tenantId, bindingId });
   * if (build.isOk()) show(build.value.explanation.sentence, build.value.calls);
   * ```
   */
  readonly getBuild: (which: GetInput) => ResultAsync<ExplainedBuild, OpsError>;

  /**
   * A tenant's builds, newest first, in pages of `limit`: default 50, maximum 200. Each comes with its newest call and with
   * the numbers of calls and findings; `getBuild` has them all. Needs the capability `buildViews`.
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
   * Retries a build that ended as `error`, in a new run with its own calls. Version and blueprint are checked again,
   * the quote is not: `not_buildable`, `blueprint_incomplete`.
   *
   * If an earlier call may have created the workflow, the next one has the same idempotency key or follows a lookup.
   * Without either, after an edit, or with `freshKey`, it may create a duplicate: `duplicate_risk`, unless
   * `acceptDuplicateRisk` is set.
   *
   * @example
   * ```ts
   * const retried = await builds.retryBuild({ tenantId, bindingId, userId, reason: 'The node was renamed.' });
   * if (retried.isErr()) return reply(409, retried.error.message);
   * ```
   */
  readonly retryBuild: (which: RetryInput) => ResultAsync<CommandResult, OpsError>;

  /**
   * Retries the tenant's builds that failed for one reason, newest first, each on its own: `limit` of them, default
   * 100, maximum 1,000. `nextCursor` continues with older builds, whatever the outcome of these. Needs the capability
   * `buildViews`.
   *
   * Only `invalid_input` refuses the whole command. Each build may be refused with the errors of `retryBuild`, or with
   * `wrong_error_reason`, if it has since failed again for another reason.
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
   * Assigns a build that is `pending` or `error` to a solutions engineer, who is notified, or to nobody (`null`), and
   * the ops team is notified. Does not disturb a worker. If the assignee does not change, nobody is notified.
   *
   * @example
   * ```ts
   * await builds.assignBuild({ tenantId, bindingId, assigneeId, userId, reason: 'Ada is away.' });
   * ```
   */
  readonly assignBuild: (which: AssignInput) => ResultAsync<CommandResult, OpsError>;

  /**
   * Completes a build that is `pending` or `error` with a workflow that a person created or found in WRK. Its version
   * must still be `Build in Progress`: `not_buildable`. Returns `call_under_way` while a worker holds the build, and
   * `workflow_not_adoptable` if another build has the workflow. Where the WRK client has `verifyWorkflow`, WRK is asked
   * whether the tenant has it: if not, `workflow_not_adoptable` as well, and `workflow_not_verified` if WRK does not say.
   * Its URL must satisfy the rule for WRK's own answers, since people follow it: `invalid_input`.
   *
   * An id that a person gave is weaker than WRK's own answer: if WRK names the workflow as another build's, this build ends
   * as `adoption_superseded`, with the same consequences as `undoAdoption`.
   *
   * @example
   * ```ts
   * const workflow = { workflowId: 'wf_1', workflowUrl: 'https://app.wrk.example/workflows/wf_1' };
   * await builds.adoptWorkflow({ tenantId, bindingId, ...workflow, userId, reason: 'Found at WRK.' });
   * ```
   */
  readonly adoptWorkflow: (which: AdoptInput) => ResultAsync<CommandResult, OpsError>;

  /**
   * Undoes `adoptWorkflow`: the build becomes `error` with the reason `adoption_undone`, its version and project return to
   * `Build in Progress`, and the workflow can be adopted for another build. The tasks that the
   * adoption completed get the statuses they had, unless somebody has changed them since. The ops team is notified, and client
   * and project owner are told that the build is open again. It can then be retried, adopted anew or cancelled.
   *
   * Returns `workflow_not_adopted` if WRK itself gave the build its workflow, `version_moved_on` if the host has moved the
   * version past `QA & Testing`, and `sibling_in_progress` if its project builds another version by now.
   *
   * @example
   * ```ts
   * await builds.undoAdoption({ tenantId, bindingId, userId, reason: 'The id was mistyped.' });
   * ```
   */
  readonly undoAdoption: (
    which: Omit<AdoptInput, 'workflowId' | 'workflowUrl'>,
  ) => ResultAsync<CommandResult, OpsError>;

  /**
   * Cancels a build that is `pending` or `error`: version and project return to their earlier status, and can be
   * requested again. Returns `call_under_way` while a worker holds the build, and `duplicate_risk` if a call may have
   * created a workflow, unless `acceptDuplicateRisk` is set.
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
