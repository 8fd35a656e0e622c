import { describe, expect, it } from 'vitest';
import { answerOfFailure } from '../../../src/adapters/wrk-http/answer-of-failure.js';

const errorWith = (code: string, message = 'boom') => Object.assign(new Error(message), { code });

describe('answerOfFailure', () => {
  it.each(['ECONNREFUSED', 'ENOTFOUND', 'CERT_HAS_EXPIRED'])(
    'is sure that nothing was sent where no byte was written, as after %s',
    (code) => {
      expect(answerOfFailure({ wasSent: false, error: errorWith(code) })).toEqual({
        kind: 'not_sent',
        detail: `WRK could not be reached (${code})`,
      });
    },
  );

  it('names the first of several addresses that failed', () => {
    const error = new AggregateError([errorWith('ECONNREFUSED'), errorWith('ENETUNREACH')]);
    expect(answerOfFailure({ wasSent: false, error })).toMatchObject({
      detail: 'WRK could not be reached (ECONNREFUSED)',
    });
  });

  it.each<[string, unknown]>([
    ['a reset', errorWith('ECONNRESET')],
    ['an answer that is no HTTP', errorWith('HPE_INVALID_CONSTANT')],
    ['an error without a code', new Error('boom')],
    ['no error at all', 'boom'],
  ])('takes %s for a network failure once something was written', (_what, error) => {
    expect(answerOfFailure({ wasSent: true, error })).toMatchObject({ kind: 'network_failure' });
  });

  it('repeats no message, and no code that might quote something', () => {
    const error = errorWith('Bearer my-secret', 'header Bearer my-secret is invalid');
    expect(JSON.stringify(answerOfFailure({ wasSent: false, error }))).not.toContain('my-secret');
  });
});
