import { expect, it } from 'vitest';
import { HTTP_ERRORS, type HttpErrorCode } from '../../../src/adapters/http/index.js';
import { errorOf } from '../../../src/adapters/http/schemas/errors.js';
import { describeInEachFamily } from '../../operations/support/in-each-family.js';
import { problemsOf } from './support/lint-document.js';
import { PROVOKED, provokeWrongErrorReason } from './support/provoke-errors.js';
import type { Exchange } from './support/recording-caller.js';
import { withExchanges } from './support/with-exchanges.js';

const codes = Object.keys(PROVOKED).filter((code): code is keyof typeof PROVOKED => code in PROVOKED);
const without = (...left: readonly HttpErrorCode[]) =>
  Object.keys(HTTP_ERRORS).filter((code) => !left.some((each) => each === code));

describeInEachFamily('an error that a request really meets', (open) => {
  const met: Exchange[] = [];

  it.each(codes)('%s has its status, and the shape that is documented', async (code) => {
    const exchange = await PROVOKED[code](open);
    const { seen } = exchange;
    met.push(exchange);
    expect([seen.status, seen.body.error_code]).toEqual([HTTP_ERRORS[code].status, code]);
    expect(errorOf(code).parse(seen.body), 'nothing that no schema names').toEqual(seen.body);
  });

  it('is any that there is, but for the one of one among many', () => {
    expect(codes.toSorted()).toEqual(without('wrong_error_reason').toSorted());
  });

  it('fits what the OpenAPI document says of its operation, if it is of one', async () => {
    const ofOperations = met.filter(({ operationId }) => operationId !== null);
    expect(met.length - ofOperations.length, 'no such path, no such method').toBe(2);
    expect(await problemsOf(withExchanges(ofOperations))).toEqual([]);
  });

  it('wrong_error_reason stands among what a retry of many has refused', async () => {
    const { seen } = await provokeWrongErrorReason(open);
    expect(seen.status).toBe(200);
    expect(seen.body.refused).toEqual([
      {
        binding_id: expect.any(String),
        error: {
          error_code: 'wrong_error_reason',
          message: expect.any(String),
          details: { error_reason: 'blueprint_rejected' },
        },
      },
    ]);
  });

  it('says which methods a path is for, and when to come again', async () => {
    expect((await PROVOKED.method_not_allowed(open)).seen.headers.get('allow')).toBe('GET');
    expect((await PROVOKED.rate_limited(open)).seen.headers.get('retry-after')).toBe('3');
    expect((await PROVOKED.unavailable(open)).seen.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  });
});
