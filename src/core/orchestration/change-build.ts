import type { BindingState, BuildDecision, DecisionGuard } from '../build/decision.js';
import type { BindingFacts, BuildFacts, CallOutcome, ClaimedBuild } from '../build/facts.js';
import { buildRequestMessage } from '../build/messages.js';
import { BINDING_TRANSITIONS, type BindingStatus, BUILD_IN_PROGRESS } from '../build/statuses.js';
import { closeCall } from './call-ledger.js';

/** Whether the transition table has this edge; staying where one is moves nothing and is always allowed. */
export function mayMove(from: BindingStatus | 'absent', to: BindingStatus): boolean {
  return from === to || BINDING_TRANSITIONS[from].includes(to);
}

/**
 * The binding after a step of the worker: the same but for what the step changes. No step takes a workflow that WRK gave
 * from its build.
 */
export function nextBinding(
  binding: BindingFacts,
  change: Partial<BindingState> & { readonly status: BindingStatus },
): BindingState {
  const loses = binding.status === 'active' && change.status !== 'active';
  if (!mayMove(binding.status, change.status) || (loses && binding.adoption === null)) {
    throw new Error(`A binding never moves from ${binding.status} to ${change.status}.`);
  }
  const { id: _id, assigneeId: _assigneeId, ...state } = binding;
  const left = { runInMs: null, followUpInMs: null, errorDetails: null, adoption: null };
  return { ...state, ...left, ...change };
}

/** The status before the request, or the first that a build may start from where that is not known; `null`: there is none. */
export function statusBefore(cameFrom: string, startableStatuses: readonly string[]): string | null {
  const isKnown = cameFrom !== '' && cameFrom !== BUILD_IN_PROGRESS;
  return isKnown ? cameFrom : (startableStatuses[0] ?? null);
}

/** The guard of every decision about a build: its fence and status, and the version and project that it rests on. */
function guardOf({ binding, automationVersion, project }: BuildFacts): DecisionGuard {
  return {
    binding: { fence: binding.fence, status: binding.status },
    assignee: null,
    automationVersionRow: automationVersion?.rowVersion ?? null,
    project: project && { id: project.id, row: project.rowVersion },
    quote: null,
    noOpenBlocker: false,
    noBuildingSibling: false,
  };
}

/** A decision about a build that changes nothing yet; each outcome adds what it changes. */
export function unchanged(build: BuildFacts, decisionId: string): BuildDecision {
  return {
    id: decisionId,
    tenantId: build.tenantId,
    automationVersionId: build.automationVersionId,
    bindingId: build.binding.id,
    guard: guardOf(build),
    automationVersionStatus: null,
    project: null,
    binding: null,
    assignee: null,
    createTasks: [],
    setTasks: [],
    closeCall: null,
    audit: null,
    messages: [],
    idempotency: null,
  };
}

/** The same for what is true whoever holds the build: it writes to neither binding, version nor project. */
export function unguarded(build: BuildFacts, decisionId: string): BuildDecision {
  const decision = unchanged(build, decisionId);
  return {
    ...decision,
    guard: { ...decision.guard, binding: 'any', automationVersionRow: null, project: null },
  };
}

/** Long enough for what keeps changing a project to come to an end, and shorter than the lease would be. */
const MOVING_FACTS_DELAY_MS = 1_000;

/**
 * Gives the build back to the queue, to be claimed again in `runInMs` milliseconds. Version, project and tasks stay.
 *
 * With `call` `null` its ledger row stays open: the call was cut off, does not count as one of the run's, and is
 * replayed. It is guarded by the fence alone, since what it writes depends on nothing else.
 */
export function rescheduleBuild(
  build: ClaimedBuild,
  call: { readonly outcome: CallOutcome; readonly detail: string } | null,
  runInMs: number,
  decisionId: string,
): BuildDecision {
  const { binding, tenantId } = build;
  const { id: bindingId, requestId, priority } = binding;
  const decision = unchanged(build, decisionId);
  return {
    ...decision,
    guard: { ...decision.guard, automationVersionRow: null, project: null },
    binding: nextBinding(binding, { status: 'pending', runInMs }),
    closeCall: call && closeCall(build, call.outcome, call.detail),
    messages: [buildRequestMessage({ tenantId, bindingId, requestId, priority }, runInMs)],
  };
}

/**
 * Gives back a build whose facts would not hold still, for a claim that starts from new ones in a second.
 *
 * Where WRK was asked, the ledger row of the call stays as it is: the answer is recorded by a decision of its own.
 */
export function rescheduleMovingBuild(
  build: ClaimedBuild,
  wasAsked: boolean,
  decisionId: string,
): BuildDecision {
  const call = { outcome: 'not_sent', detail: 'the build kept changing before the call' } as const;
  return rescheduleBuild(build, wasAsked ? null : call, MOVING_FACTS_DELAY_MS, decisionId);
}

/** Why a build that was about to be called goes back at once. */
const NOT_CALLED = {
  stopped: 'the process was stopped before the call',
  facts_changed: 'the build changed before the call',
} as const;

/** Gives back a build that WRK was not asked about, to be claimed again at once. */
export function releaseBuild(
  build: ClaimedBuild,
  why: keyof typeof NOT_CALLED,
  decisionId: string,
): BuildDecision {
  return rescheduleBuild(build, { outcome: 'not_sent', detail: NOT_CALLED[why] }, 0, decisionId);
}
