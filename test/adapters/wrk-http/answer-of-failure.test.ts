import { describe, expect, it } from 'vitest';
import { answerOfFailure } from '../../../src/adapters/wrk-http/answer-of-failure.js';

const errorWith = (properties: Record<string, unknown>, message = 'boom') =>
  Object.assign(new Error(message), properties);
const fetchFailed = (cause: unknown) => new TypeError('fetch failed', { cause });

describe('answerOfFailure', () => {
  it.each([
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'UND_ERR_CONNECT_TIMEOUT',
    'CERT_HAS_EXPIRED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ])('is sure that nothing was sent after %s', (code) => {
    expect(answerOfFailure(fetchFailed(errorWith({ code })))).toEqual({
      kind: 'not_sent',
      detail: `WRK could not be reached (${code})`,
    });
  });

  it('is sure while every address of the host failed to connect, and not when one did connect', () => {
    const refused = errorWith({ code: 'ECONNREFUSED', syscall: 'connect' });
    const unreachable = errorWith({ code: 'ENETUNREACH', syscall: 'connect' });
    const reset = errorWith({ code: 'ECONNRESET', syscall: 'read' });
    const all = (errors: Error[]) => answerOfFailure(fetchFailed(new AggregateError(errors))).kind;
    expect(all([refused, unreachable])).toBe('not_sent');
    expect(all([refused, reset])).toBe('network_failure');
    expect(all([])).toBe('network_failure');
  });

  it('trusts an unreachable network only while connecting', () => {
    const codes = { code: 'EHOSTUNREACH' };
    expect(answerOfFailure(fetchFailed(errorWith({ ...codes, syscall: 'connect' }))).kind).toBe('not_sent');
    expect(answerOfFailure(fetchFailed(errorWith({ ...codes, syscall: 'read' }))).kind).toBe(
      'network_failure',
    );
  });

  it('is sure for a port that fetch refuses to use', () => {
    expect(answerOfFailure(fetchFailed(new Error('bad port'))).kind).toBe('not_sent');
  });

  it.each<[string, unknown]>([
    ['a reset', fetchFailed(errorWith({ code: 'ECONNRESET', syscall: 'read' }))],
    ['a closed socket', fetchFailed(errorWith({ code: 'UND_ERR_SOCKET' }))],
    ['an answer that is no HTTP', fetchFailed(errorWith({ code: 'HPE_INVALID_CONSTANT' }))],
    ['an error without a code', new Error('boom')],
    ['no error at all', 'boom'],
  ])('takes %s for a network failure', (_what, error) => {
    expect(answerOfFailure(error)).toMatchObject({ kind: 'network_failure' });
  });

  it('repeats no message, and no code that might quote something', () => {
    const error = errorWith({ code: 'Bearer my-secret' }, 'header Bearer my-secret is invalid');
    expect(JSON.stringify(answerOfFailure(fetchFailed(error)))).not.toContain('my-secret');
  });

  it('comes to an end with a cause that leads back to itself', () => {
    const error = new Error('loop');
    error.cause = error;
    expect(answerOfFailure(error)).toMatchObject({ kind: 'network_failure' });
  });
});
