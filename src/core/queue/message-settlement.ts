import type { Result } from 'neverthrow';
import type { AuditEntry } from '../build/audit-entries.js';
import type { BindingFacts } from '../build/facts.js';
import type { MessageProblem } from '../build/messages.js';

/** How a handled message is settled. */
export type MessageSettlement =
  | { readonly kind: 'acknowledge' }
  /** `problem`: what went wrong, in one line; absent: nothing did, and the message only comes back later. */
  | { readonly kind: 'postpone'; readonly delayMs: number; readonly problem?: string }
  | { readonly kind: 'dead_letter'; readonly reason: string; readonly audit: AuditEntry | null };

/**
 * Deliveries after which an unreadable message is poison. Before that, its writer may be part of a deployment in
 * progress.
 */
const UNREADABLE_DELIVERIES = 5;

/** Long enough for a deployment to bring a worker that can read it, short enough not to delay it afterwards. */
const NEWER_VERSION_DELAY_MS = 30_000;

/** A pending build that is leased or not due is checked again after this time; the sweep would find it too. */
const NOT_CLAIMABLE_DELAY_MS = 10_000;

/** Waits longer with every delivery: 1, 2, 4, 8 seconds. */
const unreadableDelayMs = (deliveryCount: number) => 1_000 * 2 ** (deliveryCount - 1);

/** Decides how a message that cannot be read is settled. */
export function decideUnreadableMessage(problem: MessageProblem, deliveryCount: number): MessageSettlement {
  if (problem.code === 'newer_version') return { kind: 'postpone', delayMs: NEWER_VERSION_DELAY_MS };
  if (deliveryCount < UNREADABLE_DELIVERIES)
    return { kind: 'postpone', delayMs: unreadableDelayMs(deliveryCount) };
  return { kind: 'dead_letter', reason: problem.message, audit: null };
}

/**
 * Decides how a `build-requests` message is settled if its build could not be claimed.
 *
 * `binding` is the one within the message's own tenant, `null` when the tenant has no such binding: bindings are never
 * deleted, so such a message names another tenant's, which is audited for security.
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
