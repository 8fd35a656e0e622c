import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { findingsOf } from '../../../src/core/input/findings.js';
import { oneOf, options, wholeNumber } from '../../../src/core/input/option-kinds.js';
import { idText } from '../../../src/core/input/text.js';

const schema = options({
  tenantId: idText,
  limit: wholeNumber('builds', 1, 200).optional(),
  status: oneOf('pending', 'active', 'error').optional(),
  of: z.array(idText).optional(),
});

const told = (given: unknown) => {
  const { error } = schema.safeParse(given);
  return error && findingsOf(error, schema, given).map(({ path, message }) => `${path}: ${message}`);
};

const TEXT = 'give a text of 1 to 200 characters, without NUL or lone surrogates';

describe('the findings about an input', () => {
  it.each<[unknown, string]>([
    [{}, `tenantId: is missing: ${TEXT}`],
    [{ tenantId: 7 }, `tenantId: is a number: ${TEXT}`],
    [{ tenantId: 'a\0' }, `tenantId: cannot be used: ${TEXT}`],
    [{ tenantId: 'a', limit: 201 }, 'limit: is too large: give a whole number of builds from 1 to 200'],
    [{ tenantId: 'a', status: 'eror' }, "status: cannot be used: give 'pending', 'active' or 'error'"],
    [{ tenantId: 'a', of: ['x', ''] }, `of.1: is too short: ${TEXT}`],
    [{ tenantId: 'a', stauts: 'error' }, 'stauts: is unknown: did you mean “status”?'],
    [
      { tenantId: 'a', colour: 1 },
      'colour: is unknown: leave it out, or give one of tenantId, limit, status, of',
    ],
    [null, ': is null: give an object of tenantId, limit, status, of'],
  ])('say of %j what is wrong and what to give', (given, line) => {
    expect(told(given)).toEqual([line]);
  });

  it('are all told at once', () => {
    expect(told({ limit: 0, colour: 1 })).toHaveLength(3);
  });

  it('name twenty unknown keys at most, and compare none that is longer than ours', () => {
    const keys = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`key${at}`, at]));
    expect(told({ tenantId: 'a', ...keys })).toHaveLength(20);
    expect(told({ tenantId: 'a', ['status'.repeat(10_000)]: 1 })).toEqual([
      expect.stringContaining('is unknown: leave it out'),
    ]);
  });

  it('say to leave out what an input without keys cannot take', () => {
    const nothing = options({});
    const { error } = nothing.safeParse({ tenant_id: 'b' });
    expect(error && findingsOf(error, nothing, { tenant_id: 'b' })).toEqual([
      { path: 'tenant_id', message: 'is unknown: leave it out' },
    ]);
  });
});
