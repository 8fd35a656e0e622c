import type { CallClosing } from '../build/decision.js';
import type { BuildFacts, CallFacts, CallOutcome, ClaimedBuild } from '../build/facts.js';
import type { DuplicatePolicy, WrkAnswer } from './wrk-answer.js';

/** Calls of the current run that got an answer, or were seen to fail: these use up the run's calls. */
export function answeredCalls({ binding, calls }: BuildFacts): readonly CallFacts[] {
  return calls.filter(
    (call) => call.run === binding.run && call.outcome !== null && call.outcome !== 'not_sent',
  );
}

/**
 * The workflow that a call of the current run is known to have made, although the build is not complete; or the one that the
 * binding kept when an earlier run made it and its outcome was refused.
 */
export function recordedWorkflow(
  build: BuildFacts,
): { readonly workflowId: string; readonly workflowUrl: string } | null {
  const made = answeredCalls(build).find((call) => call.outcome === 'created');
  const { workflowId, workflowUrl } = made ?? build.binding;
  return workflowId !== null && workflowUrl !== null ? { workflowId, workflowUrl } : null;
}

/** Calls of earlier claims that may still get an answer. Only their ledger rows will tell of it. */
export function openCalls({ calls }: BuildFacts): readonly CallFacts[] {
  return calls.filter((call) => call.outcome === null);
}

/** How many calls of the current run were cut off: opened by an earlier claim, and never closed. */
export function interruptions(build: BuildFacts): number {
  return openCalls(build).filter((call) => call.run === build.binding.run).length;
}

/**
 * Calls that made a workflow, or may have made one, which this build does not hold, whatever the run.
 *
 * A rejection answers for the unknown ones before it that had the same content: WRK would not have made a workflow of a
 * blueprint that it refuses. Of a blueprint that was edited since it says nothing, and it does not undo a workflow that
 * WRK is known to have made, for example for a version that was archived meanwhile.
 */
export function outstandingCalls<Call extends Pick<CallFacts, 'outcome' | 'contentHash'>>({
  calls,
}: {
  readonly calls: readonly Call[];
}): readonly Call[] {
  return calls.filter(({ outcome, contentHash }, index) => {
    if (outcome === 'created') return true;
    const isSettled = calls
      .slice(index + 1)
      .some((later) => later.outcome === 'rejected' && later.contentHash === contentHash);
    return (outcome === null || outcome === 'unknown') && !isSettled;
  });
}

/** The outstanding calls that still stand in the way: of a run at a person's own risk, only its own. */
export function unwaivedCalls(build: BuildFacts): readonly CallFacts[] {
  const { run, duplicateRiskRun } = build.binding;
  return outstandingCalls(build).filter((call) => duplicateRiskRun !== run || call.run === run);
}

/**
 * Whether a call may have made a workflow that nobody knows of, once a run has ended. `outcome` is that of its last call.
 *
 * A run that ends with a workflow has it from one of its calls; under the same key all others got the same one.
 */
export function mayHaveMadeAnother(
  build: BuildFacts,
  outcome: CallOutcome,
  duplicates: DuplicatePolicy,
): boolean {
  const { contentHash } = build;
  const made = build.calls.filter((call) => !neededNoCall(call, build));
  return outstandingCalls({ calls: [...made, { outcome, contentHash }] }).some(
    (call) =>
      call.outcome !== 'created' &&
      !(outcome === 'created' && duplicates.by === 'idempotency-key' && call.contentHash === contentHash),
  );
}

/** Whether the claim of an open call asked WRK nothing: it knew of the workflow, and was cut off while it completed the build. */
function neededNoCall({ outcome, run, startedMsAgo }: CallFacts, { binding, calls }: BuildFacts): boolean {
  if (outcome !== null || run !== binding.run) return false;
  return (
    binding.workflowId !== null ||
    calls.some(
      (call) => call.run === run && call.outcome === 'created' && Number(call.closedMsAgo) >= startedMsAgo,
    )
  );
}

/**
 * When WRK is asked what became of such calls, in milliseconds: once it can no longer be making a workflow. `null`: it cannot
 * be asked.
 */
export function followUpInMs(duplicates: DuplicatePolicy): number | null {
  return duplicates.by === 'lookup' ? duplicates.settleMs : null;
}

/** How the ledger row of this claim is closed; what is known of the call itself is added by `recordAnswer`. */
export function closeCall(
  { call }: Pick<ClaimedBuild, 'call'>,
  outcome: CallOutcome,
  detail: string,
  more: Partial<Pick<CallClosing, 'findings' | 'workflowId' | 'workflowUrl'>> = {},
): CallClosing {
  return {
    id: call.id,
    outcome,
    detail,
    findings: [],
    httpStatus: null,
    wrkRequestId: null,
    durationMs: null,
    workflowId: null,
    workflowUrl: null,
    ...more,
  };
}

/** Adds what ops need to find the call again at WRK. An open row stays open. */
export function recordAnswer(
  closing: CallClosing | null,
  { trace }: WrkAnswer,
  durationMs: number,
): CallClosing | null {
  if (!closing) return null;
  const { httpStatus, wrkRequestId } = trace ?? { httpStatus: null, wrkRequestId: null };
  return { ...closing, httpStatus, wrkRequestId, durationMs: Math.round(durationMs) };
}

/**
 * How long WRK may still be making the workflow of an earlier call, in milliseconds: until `settleMs` have passed since the
 * last moment at which each outstanding call may have been under way. An open call was under way until the next claim at
 * the latest, since its own lease had ended by then.
 */
export function settlesInMs(build: ClaimedBuild, settleMs: number): number {
  const outstanding = new Set(unwaivedCalls(build));
  const waits = build.calls.flatMap((call, index) => {
    const endedMsAgo = call.closedMsAgo ?? build.calls[index + 1]?.startedMsAgo ?? 0;
    return outstanding.has(call) ? [settleMs - endedMsAgo] : [];
  });
  return Math.ceil(Math.max(0, ...waits));
}
