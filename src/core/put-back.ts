import { nextBinding, unchanged } from './change-build.js';
import { closeCall } from './close-call.js';
import type { BuildDecision } from './decision.js';
import type { CallOutcome, ClaimedBuild } from './facts.js';
import { buildRequestMessage } from './messages.js';

/**
 * Gives the build back to the queue, to be taken again in `runInMs` milliseconds. Version, project and tasks stay.
 *
 * With `call` `null` its ledger row stays open: the call was cut off, does not count as one of the run's, and is
 * replayed. It is guarded by the fence alone, since what it writes depends on nothing else.
 */
export function putBack(
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
