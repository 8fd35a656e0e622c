import { describe, expect, it } from 'vitest';
import {
  DEFAULT_DELIVERY_POLICY,
  type DeliveryAttempt,
  decideDelivery,
} from '../../src/core/decide-delivery.js';

const DELIVERED: DeliveryAttempt = { delivered: true, retryable: false };
const FAILED: DeliveryAttempt = { delivered: false, retryable: true };
const REFUSED: DeliveryAttempt = { delivered: false, retryable: false };

const decide = (attempts: readonly DeliveryAttempt[], deliveries = 1) =>
  decideDelivery(attempts, deliveries, DEFAULT_DELIVERY_POLICY);

describe('a notification', () => {
  it('is done when it reached everyone', () => {
    expect(decide([DELIVERED, DELIVERED])).toEqual({ kind: 'acknowledge' });
    expect(decide([DELIVERED], 8)).toEqual({ kind: 'acknowledge' });
  });

  it('is done when it is for nobody', () => {
    expect(decide([])).toEqual({ kind: 'acknowledge' });
  });

  it.each([
    [1, 1_000],
    [2, 4_000],
    [3, 16_000],
    [4, 64_000],
    [5, 256_000],
    [6, 1_024_000],
    [7, 3_600_000],
  ])('is tried again after delivery %i in %i ms', (deliveries, delayMs) => {
    expect(decide([FAILED], deliveries)).toEqual({ kind: 'postpone', delayMs });
  });

  it.each([8, 9])('is given up at delivery %i, where ops can see it', (deliveries) => {
    expect(decide([FAILED, DELIVERED], deliveries)).toEqual({
      kind: 'dead_letter',
      reason: '1 of 2 recipients were not reached',
      audit: null,
    });
  });

  it('is tried again for one recipient though another one stays refused', () => {
    expect(decide([REFUSED, FAILED, DELIVERED])).toEqual({ kind: 'postpone', delayMs: 1_000 });
  });

  it('is given up at once when another try helps nobody', () => {
    expect(decide([REFUSED, REFUSED, DELIVERED])).toEqual({
      kind: 'dead_letter',
      reason: '2 of 3 recipients were not reached',
      audit: null,
    });
  });

  it('is tried for about an hour and a half by default', () => {
    const { attempts } = DEFAULT_DELIVERY_POLICY;
    const waits = Array.from({ length: attempts - 1 }, (_, index) => decide([FAILED], index + 1));
    const sum = waits.reduce((total, wait) => total + (wait.kind === 'postpone' ? wait.delayMs : 0), 0);
    expect(sum).toBe(4_965_000);
  });

  it('is tried as the host has configured', () => {
    const policy = { attempts: 2, firstRetryMs: 50, longestRetryMs: 80 };
    expect(decideDelivery([FAILED], 1, policy)).toEqual({ kind: 'postpone', delayMs: 50 });
    expect(decideDelivery([FAILED], 2, policy)).toMatchObject({ kind: 'dead_letter' });
    expect(decideDelivery([FAILED], 2, { ...policy, attempts: 3 })).toEqual({
      kind: 'postpone',
      delayMs: 80,
    });
  });
});
