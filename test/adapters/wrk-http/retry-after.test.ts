import { describe, expect, it } from 'vitest';
import { MAX_RETRY_AFTER_MS, readRetryAfter } from '../../../src/adapters/wrk-http/retry-after.js';

const NOON = Date.parse('2026-07-01T12:00:00Z');
const NOON_HEADER = 'Wed, 01 Jul 2026 12:00:00 GMT';

describe('readRetryAfter', () => {
  it.each([
    ['0', 0],
    ['1', 1_000],
    [' 120 ', 120_000],
    ['1.5', 1_500],
    ['900', MAX_RETRY_AFTER_MS],
    ['901', MAX_RETRY_AFTER_MS],
    ['9'.repeat(400), MAX_RETRY_AFTER_MS],
    ['-1', 0],
    [`-${'9'.repeat(400)}`, 0],
    ['Wed, 01 Jul 2026 12:00:30 GMT', 30_000],
    ['Wednesday, 01-Jul-26 12:00:30 GMT', 30_000],
    ['Wed Jul  1 12:00:30 2026', 30_000],
    ['Wed, 01 Jul 2026 11:59:59 GMT', 0],
    ['Thu, 01 Jul 2027 12:00:00 GMT', MAX_RETRY_AFTER_MS],
  ])('reads %j as %i ms', (header, ms) => {
    expect(readRetryAfter(header, null, NOON)).toBe(ms);
  });

  it.each([
    '',
    ' ',
    'soon',
    'NaN',
    'Infinity',
    '1e3',
    '0x10',
    '5 seconds',
    '5, 10',
    '2026-07-01',
    'May',
    'Wed, 99 Jul 2026 12:00:30 GMT',
    'Wed, 01 Jul 2026 12:00:30 +0200',
    '٥',
  ])('cannot read %j', (header) => {
    expect(readRetryAfter(header, null, NOON)).toBeNull();
  });

  it('is unknown where WRK does not say', () => {
    expect(readRetryAfter(null, NOON_HEADER, NOON)).toBeNull();
  });

  it('measures a date against the clock that wrote it, however wrong ours is', () => {
    const hourAhead = NOON + 3_600_000;
    const until = 'Wed, 01 Jul 2026 12:00:30 GMT';
    expect(readRetryAfter(until, NOON_HEADER, hourAhead)).toBe(30_000);
    expect(readRetryAfter(until, 'sometime', NOON)).toBe(30_000);
  });
});
