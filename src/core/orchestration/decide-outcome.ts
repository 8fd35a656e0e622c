import type { BuildDecision } from '../build/decision.js';
import type { BuildErrorReason } from '../build/errors.js';
import type { CallOutcome, ClaimedBuild } from '../build/facts.js';
import { errorName, kindOfValue, safeLine } from '../input/error-text.js';
import { answeredCalls, outstandingCalls, recordAnswer, recordedWorkflow } from './call-ledger.js';
import { rescheduleBuild } from './change-build.js';
import { completeBuild, failBuild } from './end-run.js';
import type { OrchestrationPolicy } from './orchestration-policy.js';
import { retryDelayMs } from './retry-policy.js';
import type { WrkAnswer } from './wrk-answer.js';

/** What the caller adds to a decision about an outcome. */
export interface OutcomeContext {
  readonly decisionId: string;
  /** From 0 up to 1, for the jitter of a retry. */
  readonly random: number;
  /** How long WRK was waited for, in milliseconds. */
  readonly durationMs: number;
}

/** The fields that the answers of each kind cannot do without. */
const NEEDED: Readonly<Record<WrkAnswer['kind'], (answer: Readonly<Record<string, unknown>>) => boolean>> = {
  created: ({ workflowId, workflowUrl }) => isText(workflowId) && isText(workflowUrl),
  already_exists: ({ detail }) => isText(detail),
  rejected: ({ detail, findings }) => isText(detail) && Array.isArray(findings) && findings.every(isText),
  access_denied: ({ detail, scope }) => isText(detail) && (scope === 'everyone' || scope === 'tenant'),
  not_now: ({ detail }) => isText(detail),
  api_error: ({ detail }) => isText(detail),
  not_sent: ({ detail }) => isText(detail),
  network_failure: ({ detail }) => isText(detail),
  unusable: ({ detail }) => isText(detail),
  not_begun: ({ detail, retryInMs }) => isText(detail) && Number.isFinite(retryInMs),
  aborted: ({ detail }) => isText(detail),
};

const isText = (value: unknown) => typeof value === 'string';

/**
 * What a client of WRK answered, which may be the host's own. What is no answer counts as an unusable one, and a throw as a
 * lost answer: WRK may have created the workflow. Of what was thrown only the name is repeated; the message may quote the
 * request.
 */
export function readWrkAnswer(asked: PromiseSettledResult<WrkAnswer>, wasStopped: boolean): WrkAnswer {
  if (asked.status === 'fulfilled' && isWrkAnswer(asked.value)) return asked.value;
  if (asked.status === 'fulfilled') {
    const returned = kindOfValue(asked.value);
    const detail = `the client of WRK returned ${returned} that is no answer: return one of the kinds of WrkAnswer`;
    return { kind: 'unusable', detail };
  }
  const detail = `the client of WRK threw ${safeLine(errorName(asked.reason) ?? 'what is no Error')}`;
  return wasStopped ? { kind: 'aborted', detail } : { kind: 'network_failure', detail };
}

function isWrkAnswer(given: WrkAnswer | null | undefined): boolean {
  if (typeof given !== 'object' || given === null) return false;
  return Object.hasOwn(NEEDED, given.kind) && NEEDED[given.kind]({ ...given });
}

/** Decides what a build's answer from WRK means: activate, end the run, or wait and call again. */
export function decideOutcome(
  build: ClaimedBuild,
  answer: WrkAnswer,
  policy: OrchestrationPolicy,
  context: OutcomeContext,
): BuildDecision {
  const decision = decideAnswer(build, answer, policy, context);
  const closeCall = recordAnswer(decision.closeCall, answer, context.durationMs);
  // A call of an earlier claim has brought the workflow meanwhile: the run ends with it, whatever this call says.
  const made = decision.binding?.status === 'error' ? recordedWorkflow(build) : null;
  if (!made) return { ...decision, closeCall };
  return { ...completeBuild(build, made, 'not_sent', policy, context.decisionId), closeCall };
}

function decideAnswer(
  build: ClaimedBuild,
  answer: WrkAnswer,
  policy: OrchestrationPolicy,
  context: OutcomeContext,
): BuildDecision {
  const retry = (
    reason: BuildErrorReason,
    outcome: CallOutcome,
    detail: string,
    retryAfterMs: number | null = null,
  ) => retryOrFail(build, { reason, outcome, detail, retryAfterMs }, policy, context);
  switch (answer.kind) {
    case 'created':
      return completeBuild(build, answer, 'created', policy, context.decisionId);
    case 'already_exists':
      return decideExisting(build, answer, policy, context);
    case 'rejected': {
      const { detail, findings } = answer;
      return failBuild(
        build,
        { reason: 'blueprint_rejected', detail, findings, outcome: 'rejected' },
        policy,
        context.decisionId,
      );
    }
    case 'access_denied':
      return retry('wrk_api_error', 'refused', answer.detail);
    case 'not_now':
      return retry('wrk_api_error', 'refused', answer.detail, answer.retryAfterMs);
    case 'api_error':
      return retry('wrk_api_error', 'unknown', answer.detail, answer.retryAfterMs);
    case 'not_sent':
      return retry('network_failure', 'refused', answer.detail);
    case 'network_failure':
      return retry('network_failure', 'unknown', answer.detail);
    case 'unusable':
      return retry('outcome_unknown', 'unknown', answer.detail);
    case 'not_begun':
      return rescheduleBuild(
        build,
        { outcome: 'not_sent', detail: answer.detail },
        answer.retryInMs,
        context.decisionId,
      );
    case 'aborted':
      return rescheduleBuild(build, null, 0, context.decisionId);
  }
}

/** WRK named a workflow that another build holds: a person must find out why. */
export function refuseTakenWorkflow(
  build: ClaimedBuild,
  { workflowId }: { readonly workflowId: string },
  policy: OrchestrationPolicy,
  decisionId: string,
): BuildDecision {
  const detail = `WRK answered with workflow ${workflowId}, which belongs to another build: find out in WRK which one`;
  return failBuild(
    build,
    { reason: 'workflow_conflict', detail, findings: [], outcome: 'unknown' },
    policy,
    decisionId,
  );
}

/**
 * The workflow is there: ours if WRK stored our reference with it, else to be looked up, else somebody else's.
 *
 * One that WRK does not name may be that of an earlier call of ours, just made or still in the making. Under the same key
 * it is asked for again, which makes nothing twice.
 */
function decideExisting(
  build: ClaimedBuild,
  answer: Extract<WrkAnswer, { kind: 'already_exists' }>,
  policy: OrchestrationPolicy,
  context: OutcomeContext,
): BuildDecision {
  const { workflowId, workflowUrl, reference, detail } = answer;
  if (reference === build.binding.id && workflowId !== null && workflowUrl !== null) {
    return completeBuild(build, { workflowId, workflowUrl }, 'created', policy, context.decisionId);
  }
  const { by } = policy.duplicates;
  const maybeOurs = workflowId === null && outstandingCalls(build).length > 0;
  if (by === 'lookup' || (by === 'idempotency-key' && maybeOurs)) {
    const failure = { reason: 'workflow_conflict', outcome: 'unknown', detail, retryAfterMs: null } as const;
    return retryOrFail(build, failure, policy, context);
  }
  const failure = { reason: 'workflow_conflict', detail, findings: [], outcome: 'refused' } as const;
  return failBuild(build, failure, policy, context.decisionId);
}

function retryOrFail(
  build: ClaimedBuild,
  failure: { reason: BuildErrorReason; outcome: CallOutcome; detail: string; retryAfterMs: number | null },
  policy: OrchestrationPolicy,
  { decisionId, random }: OutcomeContext,
): BuildDecision {
  const { reason, outcome, detail, retryAfterMs } = failure;
  const finishedCalls = answeredCalls(build).length + 1;
  const mayCallAgain = policy.duplicates.by !== 'nothing' || policy.duplicates.onUnknownOutcome === 'retry';
  if (!mayCallAgain && outcome === 'unknown') {
    return failBuild(build, { reason: 'outcome_unknown', detail, findings: [], outcome }, policy, decisionId);
  }
  if (finishedCalls > policy.retry.maxRetries) {
    return failBuild(build, { reason, detail, findings: [], outcome }, policy, decisionId);
  }
  const delayMs = retryDelayMs(policy.retry, finishedCalls, retryAfterMs, random);
  return rescheduleBuild(build, { outcome, detail }, delayMs, decisionId);
}
