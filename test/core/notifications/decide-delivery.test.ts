import { describe, expect, it } from 'vitest';
import {
  answerOfEarlier,
  combineAnswers,
  DEFAULT_DELIVERY_POLICY,
  type DeliveryAnswer,
  decideDelivery,
  readDeliveryAnswer,
  readRecipients,
  statusOfDelivery,
  unreceived,
  unusableAnswer,
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
    expect(decide([FAILED], deliveries)).toMatchObject({ kind: 'postpone', delayMs });
  });

  it.each([8, 9])('is given up at delivery %i, where ops can see it', (deliveries) => {
    expect(decide([FAILED, DELIVERED], deliveries)).toEqual({
      kind: 'dead_letter',
      reason: '1 of 2 recipients were not reached: no answer',
      audit: null,
    });
  });

  it('is tried again for one recipient though another one stays refused', () => {
    expect(decide([REFUSED, FAILED, DELIVERED])).toEqual({
      kind: 'postpone',
      delayMs: 1_000,
      problem: 'no answer',
    });
  });

  it('is given up at once when another try helps nobody', () => {
    expect(decide([REFUSED, REFUSED, DELIVERED])).toEqual({
      kind: 'dead_letter',
      reason: '2 of 3 recipients were not reached: no such address',
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
    const policy = { maxAttempts: 2, initialDelayMs: 50, maxDelayMs: 80, timeoutMs: 1 };
    expect(decideDelivery([FAILED], 1, policy)).toMatchObject({ kind: 'postpone', delayMs: 50 });
    expect(decideDelivery([FAILED], 2, policy)).toMatchObject({ kind: 'dead_letter' });
    expect(decideDelivery([FAILED], 2, { ...policy, maxAttempts: 3 })).toMatchObject({
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
    expect(decide(answers, deliveries)).toMatchObject({ kind: 'postpone', delayMs });
  });
});

describe('C10 a notification that was given up', () => {
  it('says why it failed last, and not that somebody was given up earlier', () => {
    const earlier = { ...REFUSED, reason: 'delivery was given up earlier' };
    expect(decide([FAILED, earlier], 8)).toMatchObject({
      reason: '2 of 2 recipients were not reached: no answer',
    });
    expect(decide([earlier], 8)).toMatchObject({
      reason: '1 of 1 recipients were not reached: delivery was given up earlier',
    });
  });
});

/** A value of the wrong type, as a host without TypeScript returns it. */
const rubbish = (json: string) => JSON.parse(json);

describe('C10 what a notifier of the host returns', () => {
  it('is its answer, and the reason one line', () => {
    expect(readDeliveryAnswer({ status: 'delivered' })).toEqual(DELIVERED);
    expect(readDeliveryAnswer({ ...FAILED, reason: 'two\nlines', retryAfterMs: 5 })).toEqual({
      ...FAILED,
      reason: 'two lines',
      retryAfterMs: 5,
    });
  });

  it.each([
    'null',
    'true',
    '"ok"',
    '{}',
    '{"status":"sent"}',
    '{"status":"failed"}',
    '{"status":"failed","retryable":true}',
  ])('is no answer where it is %s', (json) => {
    expect(readDeliveryAnswer(rubbish(json))).toBeNull();
  });

  it('is not tried again where it is no answer, which names the function and what to return', () => {
    expect(unusableAnswer('notifiers.email', undefined)).toEqual({
      status: 'failed',
      retryable: false,
      reason:
        "notifiers.email returned undefined: return { status: 'delivered' }, or { status: 'failed', retryable, reason }",
    });
  });
});

describe('C10 what resolveRecipients returns', () => {
  it('are its recipients, each of them once', () => {
    const ada = { id: 'ada', address: 'ada@example.com' };
    expect(readRecipients([{ id: 'ada' }, { id: 'bob' }, ada])).toEqual({
      people: [ada, { id: 'bob' }],
      problem: null,
    });
  });

  it.each([
    ['null', 'returned null: return a list of at most 1000 recipients, [] for nobody'],
    ['{"0":{"id":"ada"}}', 'returned an object: return a list of at most 1000 recipients, [] for nobody'],
    ['"ada"', 'returned a string: return a list of at most 1000 recipients, [] for nobody'],
  ])('is nobody where it is %s', (json, problem) => {
    expect(readRecipients(rubbish(json))).toEqual({ people: [], problem: `resolveRecipients ${problem}` });
  });

  it('is nobody where it is a list without end', () => {
    const many = Array.from({ length: 1_001 }, (_, index) => ({ id: String(index) }));
    expect(readRecipients(many.slice(1)).people).toHaveLength(1_000);
    expect(readRecipients(many)).toEqual({
      people: [],
      problem:
        'resolveRecipients returned a list of 1001: return a list of at most 1000 recipients, [] for nobody',
    });
  });

  it.each(['null', '"ada"', '{}', '{"id":7}', '{"id":""}', '{"id":"a\\u0000"}', '{"id":"ada","address":7}'])(
    'are those who can be reached, and a problem for the one that is %s',
    (json) => {
      const { people, problem } = readRecipients([rubbish(json), { id: 'bob' }, rubbish(json)]);
      expect(people).toEqual([{ id: 'bob' }]);
      expect(problem).toMatch(
        /^resolveRecipients returned (?:null|a string|an object) at 0 that is no recipient: return/,
      );
    },
  );
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

it('an alarm that nobody receives is given up at once, and says so', () => {
  expect(unreceived('build_failed')).toEqual({
    status: 'failed',
    retryable: false,
    reason: 'nobody receives build_failed: resolveRecipients returned no recipient for any channel',
  });
});
