import { err, ok } from 'neverthrow';
import { describe, expect, it } from 'vitest';
import type { MessageProblem } from '../../../src/core/build/messages.js';
import {
  decideUnprocessableBuildRequest,
  decideUnreadableMessage,
} from '../../../src/core/queue/message-settlement.js';
import { bindingFacts } from '../support/request-facts.js';

const MALFORMED: MessageProblem = {
  code: 'malformed',
  message: 'not a message of version 1: tenantId: invalid_type',
};
const NEWER: MessageProblem = { code: 'newer_version' };
const READ = ok({ tenantId: 'tenant-1', bindingId: 'binding-of-another-tenant' });

describe('a message that cannot be read', () => {
  it.each([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [4, 8_000],
  ])(
    'is rescheduled after delivery %i for %i ms: a half-deployed writer may have sent it',
    (deliveries, delayMs) => {
      expect(decideUnreadableMessage(MALFORMED, deliveries)).toEqual({ kind: 'postpone', delayMs });
    },
  );

  it.each([5, 6, 100])('is poison at delivery %i', (deliveries) => {
    expect(decideUnreadableMessage(MALFORMED, deliveries)).toEqual({
      kind: 'dead_letter',
      reason: 'not a message of version 1: tenantId: invalid_type',
      audit: null,
    });
  });

  it.each([1, 5, 1_000])('is rescheduled however often (%i) when it is of a newer version', (deliveries) => {
    expect(decideUnreadableMessage(NEWER, deliveries)).toEqual({ kind: 'postpone', delayMs: 30_000 });
  });
});

describe('a build request whose build was not to be had', () => {
  it('is treated like every message when it cannot be read', () => {
    expect(decideUnprocessableBuildRequest(err(NEWER), 9, null)).toEqual(decideUnreadableMessage(NEWER, 9));
    expect(decideUnprocessableBuildRequest(err(MALFORMED), 2, null)).toEqual(
      decideUnreadableMessage(MALFORMED, 2),
    );
    expect(decideUnprocessableBuildRequest(err(MALFORMED), 5, bindingFacts())).toEqual(
      decideUnreadableMessage(MALFORMED, 5),
    );
  });

  it('is rescheduled while the build is pending: it is leased, or not due', () => {
    expect(decideUnprocessableBuildRequest(READ, 50, bindingFacts())).toEqual({
      kind: 'postpone',
      delayMs: 10_000,
    });
  });

  it.each(['active', 'error', 'cancelled'] as const)('has nothing to say of a build that is %s', (status) => {
    expect(decideUnprocessableBuildRequest(READ, 1, bindingFacts({ status }))).toEqual({
      kind: 'acknowledge',
    });
  });

  it('has nothing to say of a build that people carry out', () => {
    const binding = bindingFacts({ orchestration: 'manual' });
    expect(decideUnprocessableBuildRequest(READ, 1, binding)).toEqual({ kind: 'acknowledge' });
  });

  it('is kept from the first delivery on, with a security audit entry, when its tenant has no such build', () => {
    const reason = 'names a build that does not exist for its tenant';
    expect(decideUnprocessableBuildRequest(READ, 1, null)).toEqual({
      kind: 'dead_letter',
      reason,
      audit: {
        tenantId: 'tenant-1',
        userId: null,
        actionType: 'message_refused',
        resourceType: 'workflow_binding',
        resourceId: 'binding-of-another-tenant',
        metadata: { reason },
      },
    });
  });

  it.each([5, 6])(
    'leaves circulation without the entry at delivery %i: the audit log may not take its id',
    (deliveries) => {
      expect(decideUnprocessableBuildRequest(READ, deliveries, null)).toMatchObject({
        kind: 'dead_letter',
        audit: null,
      });
    },
  );
});
