import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_RETRY_POLICY, retryDelayMs } from '../../../src/core/orchestration/retry-policy.js';

const delay = (finishedCalls: number, retryAfterMs: number | null = null, random = 0.5) =>
  retryDelayMs(DEFAULT_RETRY_POLICY, finishedCalls, retryAfterMs, random);

describe('the default retry policy', () => {
  it('makes one call and three retries, and puts up with ten interruptions', () => {
    expect(DEFAULT_RETRY_POLICY).toEqual({
      maxRetries: 3,
      initialDelayMs: 1_000,
      jitter: 0.2,
      maxRetryAfterMs: 900_000,
      maxInterruptions: 10,
    });
  });
});

describe('the wait before a retry', () => {
  it.each([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
  ])('doubles: after call %i it is about %i ms', (finishedCalls, nominal) => {
    expect(delay(finishedCalls)).toBe(nominal);
    expect(delay(finishedCalls, null, 0)).toBe(nominal * 0.9);
    expect(delay(finishedCalls, null, 1)).toBe(nominal * 1.1);
  });

  it.each([
    ['longer than our own wait', 5_000, 5_000],
    ['shorter', 200, 1_000],
    ['zero', 0, 1_000],
    ['negative', -60_000, 1_000],
    ['the longest that is honoured', 900_000, 900_000],
    ['a day', 86_400_000, 900_000],
    ['without end', Number.POSITIVE_INFINITY, 900_000],
  ])('follows a Retry-After that is %s', (_, retryAfterMs, expected) => {
    expect(delay(1, retryAfterMs)).toBe(expected);
  });

  it('is whole milliseconds, within the jitter, and never shorter than WRK asks for within the cap', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.option(fc.double({ min: -1e9, max: 1e9, noNaN: true })),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (finishedCalls, retryAfterMs, random) => {
          const nominal = 1_000 * 2 ** (finishedCalls - 1);
          const wait = delay(finishedCalls, retryAfterMs, random);
          expect(Number.isInteger(wait)).toBe(true);
          expect(wait).toBeGreaterThanOrEqual(nominal * 0.9);
          expect(wait).toBeGreaterThanOrEqual(Math.floor(Math.min(retryAfterMs ?? 0, 900_000)));
          expect(wait).toBeLessThanOrEqual(Math.max(nominal * 1.1, Math.ceil(retryAfterMs ?? 0)));
          expect(wait).toBeLessThanOrEqual(900_000);
        },
      ),
    );
  });

  it('is the same for everyone without jitter', () => {
    const policy = { ...DEFAULT_RETRY_POLICY, jitter: 0 };
    expect([0, 0.3, 0.99].map((random) => retryDelayMs(policy, 2, null, random))).toEqual([
      2_000, 2_000, 2_000,
    ]);
  });
});
