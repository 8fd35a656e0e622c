import { describe, expect, it } from 'vitest';
import { secret } from '../../../src/adapters/wrk-http/index.js';
import { readWrkHttpOptions, type WrkHttpOptions } from '../../../src/adapters/wrk-http/options.js';

const good: WrkHttpOptions = { baseUrl: 'https://api.wrk.example', duplicates: { by: 'idempotency-key' } };
/** As a host without types would call it. */
const readUnchecked: (options: Record<string, unknown>) => unknown = (options) =>
  Reflect.apply(readWrkHttpOptions, undefined, [options]);

describe('readWrkHttpOptions', () => {
  it('fills in the documented defaults', () => {
    expect(readWrkHttpOptions(good)).toEqual({
      ...good,
      deadlineMs: 30_000,
      maxBodyBytes: 1_048_576,
      referenceHeader: 'x-wrk-builds-reference',
      wrkRequestIdHeader: 'x-request-id',
      hooks: {},
    });
  });

  it('refuses to guess what WRK offers against duplicates, and lists the choices', () => {
    expect(() => readUnchecked({ baseUrl: good.baseUrl })).toThrow(
      /duplicates: is missing: say how WRK prevents .* \{ by: 'idempotency-key' \}.*'lookup'.*'nothing'.*no default/,
    );
    expect(() => readUnchecked({ ...good, duplicates: { by: 'hope' } })).toThrow(/duplicates.*no default/);
  });

  it.each<[problem: string, options: Record<string, unknown>, message: RegExp]>([
    [
      'a lookup without find',
      { duplicates: { by: 'lookup' } },
      /duplicates\.find: is missing: a lookup needs 'find'/,
    ],
    [
      'nothing without a choice',
      { duplicates: { by: 'nothing' } },
      /onUnknownOutcome: is missing: choose 'retry'/,
    ],
    ['no base URL', { baseUrl: undefined }, /baseUrl: is missing: give an absolute http or https URL/],
    ['a relative base URL', { baseUrl: '/wrk' }, /baseUrl/],
    ['a base URL with a password', { baseUrl: 'https://a:b@api.wrk.example' }, /baseUrl/],
    ['a base URL with a query', { baseUrl: 'https://api.wrk.example?x=1' }, /baseUrl/],
    ['a base URL that is no web address', { baseUrl: 'ftp://api.wrk.example' }, /baseUrl/],
    ['a token from an unset variable', { token: undefined }, /token: is missing: wrap it with secret/],
    ['a bare string as token', { token: 'abc' }, /token: cannot be used: wrap it with secret\('…'\)/],
    ['a copy of a token', { token: { ...secret('abc') } }, /token: is an object: wrap it/],
    ['a token with a line end', { token: secret('abc\n') }, /token: cannot be used: use the bare token/],
    [
      'a hook that is no function',
      { hooks: { beforeRequest: 1 } },
      /hooks\.beforeRequest: is a number: give a function/,
    ],
    ['a misspelt hook', { hooks: { before: () => ({}) } }, /hooks.*before/],
    [
      'a deadline of zero',
      { deadlineMs: 0 },
      /deadlineMs: is too small: give a whole number of milliseconds from 1 to 300000/,
    ],
    ['a deadline of an hour', { deadlineMs: 3_600_000 }, /deadlineMs/],
    ['a tiny cap', { maxBodyBytes: 10 }, /maxBodyBytes: is too small: give a whole number of bytes/],
    [
      'a cap above the stated maximum',
      { maxBodyBytes: 64 * 1024 * 1024 + 1 },
      /maxBodyBytes: is too large: give a whole number of bytes from 1024 to 67108864/,
    ],
    [
      'a header that the call uses',
      { referenceHeader: 'Authorization' },
      /referenceHeader: cannot be used: choose a name/,
    ],
    ['a header that is none', { referenceHeader: 'x y' }, /referenceHeader: cannot be used: use letters/],
    [
      'a URL among the hosts',
      { workflowUrlHosts: ['https://app.wrk.example'] },
      /workflowUrlHosts\.0: cannot be used: write a bare host/,
    ],
    ['an empty list of hosts', { workflowUrlHosts: [] }, /would refuse every workflow/],
    ['a misspelt option', { deadline: 5 }, /deadline/],
  ])('refuses %s', (_problem, options, message) => {
    expect(() => readUnchecked({ ...good, ...options })).toThrow(TypeError);
    expect(() => readUnchecked({ ...good, ...options })).toThrow(message);
  });

  it('names every problem at once, and never a value', () => {
    const options = { ...good, token: 'top secret value', deadlineMs: -1, referenceHeader: '' };
    expect(() => readUnchecked(options)).toThrow(/token:.*deadlineMs:.*referenceHeader:/s);
    expect(() => readUnchecked(options)).not.toThrow(/top secret value/);
  });
});
