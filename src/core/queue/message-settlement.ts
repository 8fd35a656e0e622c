import type { Result } from 'neverthrow';
import type { AuditEntry } from '../build/audit-entries.js';
import type { BindingFacts } from '../build/facts.js';
import type { MessageProblem } from '../build/messages.js';

/** How a message is settled once it was handled. */
export type MessageSettlement =
  | { readonly kind: 'acknowledge' }
  | { readonly kind: 'postpone'; readonly delayMs: number }
  | { readonly kind: 'dead_letter'; readonly reason: string; readonly audit: AuditEntry | null };

/** Deliveries after which an unreadable message is poison. It may have been a half-deployed writer's before. */
const UNREADABLE_DELIVERIES = 5;

/** Long enough for a deployment to bring the worker that can read it, short enough to be no delay after it. */
const NEWER_VERSION_DELAY_MS = 30_000;

/** A pending build that is leased or not due is looked at again after so long; the sweep would find it all the same. */
const NOT_CLAIMABLE_DELAY_MS = 10_000;

/** Waits longer with every delivery: 1, 2, 4, 8 seconds. */
const unreadableDelayMs = (deliveryCount: number) => 1_000 * 2 ** (deliveryCount - 1);

/** Decides what becomes of a message that cannot be read. */
export function decideUnreadableMessage(problem: MessageProblem, deliveryCount: number): MessageSettlement {
  if (problem.code === 'newer_version') return { kind: 'postpone', delayMs: NEWER_VERSION_DELAY_MS };
  if (deliveryCount < UNREADABLE_DELIVERIES)
    return { kind: 'postpone', delayMs: unreadableDelayMs(deliveryCount) };
  return { kind: 'dead_letter', reason: problem.message, audit: null };
}

/**
 * Decides what becomes of a `build-requests` message whose build could not be claimed.
 *
 * `binding` is the one within the message's own tenant, `null` when the tenant has no such binding: bindings
 * are never deleted, so such a message names somebody else's, and that is written down as a matter of security.
 */
export function decideUnprocessableBuildRequest(
  message: Result<{ tenantId: string; bindingId: string }, MessageProblem>,
  deliveryCount: number,
  binding: Pick<BindingFacts, 'status' | 'orchestration'> | null,
): MessageSettlement {
  if (message.isErr()) return decideUnreadableMessage(message.error, deliveryCount);
  if (binding) {
    // Nothing but a worker's claim needs a message; of a build that has ended, or that people carry out, there is none.
    const isWaitedFor = binding.status === 'pending' && binding.orchestration === 'automatic';
    return isWaitedFor ? { kind: 'postpone', delayMs: NOT_CLAIMABLE_DELAY_MS } : { kind: 'acknowledge' };
  }
  const { tenantId, bindingId } = message.value;
  const reason = 'names a build that does not exist for its tenant';
  const audit: AuditEntry = {
    tenantId,
    userId: null,
    actionType: 'message_refused',
    resourceType: 'workflow_binding',
    resourceId: bindingId,
    metadata: { reason },
  };
  // An id that the audit log will not take must not keep the message in circulation for ever.
  return { kind: 'dead_letter', reason, audit: deliveryCount < UNREADABLE_DELIVERIES ? audit : null };
}
