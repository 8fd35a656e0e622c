import { describe, expect, it } from 'vitest';
import {
  answerOfEarlier,
  combineAnswers,
  DEFAULT_DELIVERY_POLICY,
  type DeliveryAnswer,
  decideDelivery,
  statusOfDelivery,
} from '../../../src/core/notifications/decide-delivery.js';

const DELIVERED: DeliveryAnswer = { status: 'delivered' };
const FAILED = { status: 'failed', retryable: true, reason: 'no answer' } as const;
const REFUSED = { status: 'failed', retryable: false, reason: 'no such address' } as const;

const decide = (answers: readonly DeliveryAnswer[], deliveries = 1) =>
  decideDelivery(answers, deliveries, DEFAULT_DELIVERY_POLICY);

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
    const { maxAttempts } = DEFAULT_DELIVERY_POLICY;
    const waits = Array.from({ length: maxAttempts - 1 }, (_, index) => decide([FAILED], index + 1));
    const sum = waits.reduce((total, wait) => total + (wait.kind === 'postpone' ? wait.delayMs : 0), 0);
    expect(sum).toBe(4_965_000);
  });

  it('is tried as the host has configured', () => {
    const policy = { maxAttempts: 2, initialDelayMs: 50, maxDelayMs: 80 };
    expect(decideDelivery([FAILED], 1, policy)).toEqual({ kind: 'postpone', delayMs: 50 });
    expect(decideDelivery([FAILED], 2, policy)).toMatchObject({ kind: 'dead_letter' });
    expect(decideDelivery([FAILED], 2, { ...policy, maxAttempts: 3 })).toEqual({
      kind: 'postpone',
      delayMs: 80,
    });
  });

  it.each([
    ['as long as the channel asks for', [{ ...FAILED, retryAfterMs: 30_000 }], 1, 30_000],
    ['its own wait where the channel asks for less', [{ ...FAILED, retryAfterMs: 3_000 }], 2, 4_000],
    [
      'for whoever asks for the longest',
      [
        { ...FAILED, retryAfterMs: 30_000 },
        { ...FAILED, retryAfterMs: 9_000 },
      ],
      1,
      30_000,
    ],
    ['no longer than the policy allows', [{ ...FAILED, retryAfterMs: 86_400_000 }], 1, 3_600_000],
    ['whole milliseconds', [{ ...FAILED, retryAfterMs: 1_000.4 }], 1, 1_000],
    [
      'its own wait where what is asked for is no number',
      [{ ...FAILED, retryAfterMs: Number.NaN }],
      1,
      1_000,
    ],
    [
      'its own wait where what is asked for has no end',
      [{ ...FAILED, retryAfterMs: Number.POSITIVE_INFINITY }],
      1,
      1_000,
    ],
    [
      'its own wait whatever somebody asks for who is not tried again',
      [FAILED, { ...REFUSED, retryAfterMs: 30_000 }],
      1,
      1_000,
    ],
  ] as const)('waits %s', (_, answers, deliveries, delayMs) => {
    expect(decide(answers, deliveries)).toEqual({ kind: 'postpone', delayMs });
  });
});

describe('the answers of several notifiers', () => {
  it('are one delivery where all of them delivered', () => {
    expect(combineAnswers([DELIVERED, DELIVERED])).toEqual(DELIVERED);
    expect(combineAnswers([])).toEqual(DELIVERED);
  });

  it('are a failure that may be tried again while that helps one of them, with all reasons', () => {
    expect(combineAnswers([DELIVERED, REFUSED, FAILED])).toEqual({
      status: 'failed',
      retryable: true,
      reason: 'no such address; no answer',
    });
    expect(combineAnswers([DELIVERED, REFUSED])).toEqual(REFUSED);
  });

  it('ask for the longest of the waits', () => {
    const answers = [{ ...FAILED, retryAfterMs: 5 }, { ...FAILED, retryAfterMs: 7 }, FAILED];
    expect(combineAnswers(answers)).toMatchObject({ retryAfterMs: 7 });
  });
});

describe('a delivery that is known from before', () => {
  it('is not repeated once it was made', () => {
    expect(answerOfEarlier('delivered', 1)).toEqual({ status: 'delivered' });
    expect(answerOfEarlier('delivered', 2)).toEqual({ status: 'delivered' });
  });

  it('stays given up while its message is tried for others, and is tried again when ops redrive it', () => {
    const givenUp = { status: 'failed', retryable: false, reason: 'delivery was given up earlier' };
    expect(answerOfEarlier('given_up', 2)).toEqual(givenUp);
    expect(answerOfEarlier('given_up', 1)).toBeNull();
  });

  it('is tried where it was not settled', () => {
    expect(answerOfEarlier(null, 1)).toBeNull();
    expect(answerOfEarlier(null, 5)).toBeNull();
  });
});

it.each([
  ['delivered', { status: 'delivered' }],
  ['failed', { status: 'failed', retryable: true, reason: 'busy' }],
  ['given_up', { status: 'failed', retryable: false, reason: 'no such address' }],
] as const)('a delivery stands as %s', (status, answer) => {
  expect(statusOfDelivery(answer)).toBe(status);
});
