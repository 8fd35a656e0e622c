import { describe, expect, it } from 'vitest';
import { type LimitOptions, readLimits } from '../../src/input/limit-options.js';
import { type RetentionOptions, readRetention } from '../../src/input/retention-options.js';
import { NO_LIMITS } from '../../src/ports/claim-limits.js';

const DAY_MS = 86_400_000;

/** Reads what a host without types might say. */
const readAnyLimits = (limits: unknown) => () => readLimits(JSON.parse(JSON.stringify(limits)));

describe('limits', () => {
  it('are none by default, and each is set by itself', () => {
    expect(readLimits(undefined)).toEqual(NO_LIMITS);
    const limits: LimitOptions = { concurrency: { perTenant: 3 }, callsPerSecond: { global: 0.5 } };
    expect(readLimits(limits)).toEqual({
      concurrency: { global: null, perTenant: 3 },
      callsPerSecond: { global: 0.5, perTenant: null },
    });
  });

  it.each([
    [{ concurrency: { global: 0 } }, 'limits.concurrency.global'],
    [{ concurrency: { perTenant: 1.5 } }, 'limits.concurrency.perTenant'],
    [{ callsPerSecond: { global: -1 } }, 'limits.callsPerSecond.global'],
    [{ callsPerSecond: { perTenant: '5' } }, 'limits.callsPerSecond.perTenant'],
    [{ callsPerMinute: {} }, 'callsPerMinute'],
  ])('that make no sense are refused by name: %j', (limits, name) => {
    expect(readAnyLimits(limits)).toThrow(TypeError);
    expect(readAnyLimits(limits)).toThrow(name);
  });

  it('that make no sense are all listed at once', () => {
    const limits = { concurrency: { global: 0, perTenant: 0 } };
    expect(readAnyLimits(limits)).toThrow(/concurrency\.global.*concurrency\.perTenant/);
  });
});

describe('retention', () => {
  it('has a default for each time, and takes each from the host', () => {
    const defaults = {
      deadLettersMs: 30 * DAY_MS,
      deliveryRecordsMs: 31 * DAY_MS,
      idempotencyAnswersMs: 7 * DAY_MS,
    };
    expect(readRetention()).toEqual(defaults);
    expect(readRetention({ deadLettersMs: DAY_MS })).toEqual({ ...defaults, deadLettersMs: DAY_MS });
  });

  it.each<[RetentionOptions, string]>([
    [{ deadLettersMs: -1 }, 'retention.deadLettersMs'],
    [{ idempotencyAnswersMs: Number.NaN }, 'retention.idempotencyAnswersMs'],
    [{ deliveryRecordsMs: DAY_MS }, 'would be sent again to those whom it reached'],
  ])('that makes no sense is refused: %j', (retention, problem) => {
    expect(() => readRetention(retention)).toThrow(TypeError);
    expect(() => readRetention(retention)).toThrow(problem);
  });
});
