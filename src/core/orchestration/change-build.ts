import type { BindingState, BuildDecision, DecisionGuard } from '../build/decision.js';
import type { BindingFacts, BuildFacts } from '../build/facts.js';
import { BINDING_TRANSITIONS, type BindingStatus } from '../build/statuses.js';

/** Whether the transition table has this edge; staying where one is moves nothing and is always allowed. */
export function mayMove(from: BindingStatus | 'absent', to: BindingStatus): boolean {
  return from === to || BINDING_TRANSITIONS[from].includes(to);
}

/** The binding after a step of the worker: the same but for what the step changes. */
export function nextBinding(
  binding: BindingFacts,
  change: Partial<BindingState> & { readonly status: BindingStatus },
): BindingState {
  if (!mayMove(binding.status, change.status)) {
    throw new Error(`A binding never moves from ${binding.status} to ${change.status}.`);
  }
  const { id: _id, assigneeId: _assigneeId, ...state } = binding;
  return { ...state, runInMs: null, errorDetails: null, ...change };
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
