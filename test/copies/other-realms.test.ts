import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { answerToFailure } from '../../src/adapters/http/failure.js';
import { isResponse } from '../../src/adapters/http/respond.js';
import { storable } from '../../src/adapters/memory/storable.js';
import { answerOfMailError } from '../../src/adapters/notify/smtp/answer-of-mail-error.js';
import { classifyError } from '../../src/adapters/postgres/errors/classify-error.js';
import { isDatabaseError } from '../../src/adapters/postgres/errors/database-error.js';
import { answerOfFailure } from '../../src/adapters/wrk-http/answer-of-failure.js';
import { asError, errorName, errorText, isError } from '../../src/core/input/error-text.js';
import { retry } from '../../src/runtime/retry.js';
import { fakeRuntime } from '../support/fake-runtime.js';

/** A value of another realm: in Jest, Node's own objects are of another one than the test. */
const foreign = <Value>(code: string): Value => runInNewContext(code) as Value;

const refused = () =>
  foreign<Error>(`Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })`);
/** As Node makes it when a name has several addresses. */
const refusedEverywhere = () =>
  foreign<Error>(
    `new AggregateError([Object.assign(new Error('connect ECONNREFUSED ::1'), { code: 'ECONNREFUSED' })], '')`,
  );

describe('an error of another realm', () => {
  it('is none of this one', () => {
    expect(refused() instanceof Error).toBe(false);
  });

  it('is an error all the same', () => {
    const problem = refused();
    expect([isError(problem), errorName(problem), errorText(problem)]).toEqual([
      true,
      'Error',
      'connect ECONNREFUSED',
    ]);
    expect(asError(problem)).toBe(problem);
  });

  it.each([{}, null, 'Error', { message: 'x', name: 'Error' }])('is not confused with %o', (value) =>
    expect(isError(value)).toBe(false),
  );

  it.each([
    ['one address', refused],
    ['several addresses', refusedEverywhere],
  ])('says why WRK was not reached, at %s', (_, make) => {
    expect(answerOfFailure({ wasSent: false, error: make() })).toEqual({
      kind: 'not_sent',
      detail: 'WRK could not be reached (ECONNREFUSED)',
    });
  });

  it('says why the database was not reached', () => {
    const several = classifyError(refusedEverywhere(), { connecting: true });
    expect(several).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('ECONNREFUSED ::1'),
    });
    const wrapped = Object.assign(foreign<Error>(`new Error('Failed query')`), { cause: refused() });
    expect(classifyError(wrapped, { connecting: false })).toMatchObject({ code: 'unreachable' });
    expect(classifyError(foreign(`new TypeError('x is no function')`), { connecting: false })).toMatchObject({
      code: 'other',
    });
  });

  it('says why a mail was refused', () => {
    const problem = foreign(
      `Object.assign(new Error('no'), { code: 'EENVELOPE', responseCode: 550, command: 'RCPT TO' })`,
    );
    expect(answerOfMailError(problem)).toMatchObject({ retryable: false });
  });

  it('is answered as a failure of the database when it is one', () => {
    const problem = foreign<Error>(
      `Object.assign(new Error('gone'), { name: 'DatabaseError', statement: 'unknown', code: 'unreachable' })`,
    );
    expect([isDatabaseError(problem), answerToFailure(problem).status]).toEqual([true, 503]);
  });

  it.each([
    ['an error of another realm', refused()],
    ['a text', 'no error at all'],
  ])('is worth another attempt, and is what the last one fails with: %s', async (_, problem) => {
    const runtime = fakeRuntime();
    let attempts = 0;
    const asked: unknown[] = [];
    const done = retry(
      runtime,
      async () => {
        attempts += 1;
        throw problem;
      },
      { maxRetries: 2, initialDelayMs: 10, shouldRetry: (given) => asked.push(given) > 0 },
    );
    await expect(runtime.finish(done)).rejects.toBe(problem);
    expect([attempts, asked]).toEqual([3, [problem, problem]]);
  });
});

describe('an object of another realm', () => {
  it('is stored in memory like any other', () => {
    const body = foreign<object>(`({ v: 1, list: [{ a: null }] })`);
    expect(storable(body, 'body')).toEqual({ v: 1, list: [{ a: null }] });
  });

  it.each(['new Date(0)', 'new Map()', 'new (class Row {})()', 'Object.create({})'])(
    'is refused where it is no plain one: %s',
    (code) => expect(() => storable(foreign(code), 'body')).toThrow('only plain objects and arrays'),
  );

  it('is a response where it says so', () => {
    const like = { [Symbol.toStringTag]: 'Response' };
    expect([new Response(), like, {}, null].map(isResponse)).toEqual([true, true, false, false]);
  });
});

describe('stack traces of a form of the host’s', () => {
  const { prepareStackTrace } = Error;
  afterEach(() => {
    Error.prepareStackTrace = prepareStackTrace;
  });

  it('are left out', () => {
    Error.prepareStackTrace = (_, frames) => frames;
    const problem = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    expect(Array.isArray(problem.stack)).toBe(true);
    expect(classifyError(problem, { connecting: true })).toMatchObject({ code: 'unreachable' });
  });
});
