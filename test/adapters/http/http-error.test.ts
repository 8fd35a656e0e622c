import { describe, expect, it } from 'vitest';
import { toHttpError } from '../../../src/adapters/http/index.js';
import type { RequestBuildError } from '../../../src/core/errors.js';

const message = 'What is wrong, and what to do next.';
const missing = [{ code: 'quote_not_signed' as const, message: 'Sign it.' }];

/** One error for each code. The compiler sees to it that none is forgotten. */
const ERRORS: {
  readonly [Code in RequestBuildError['code']]: [number, Extract<RequestBuildError, { code: Code }>];
} = {
  invalid_request: [
    400,
    { code: 'invalid_request', message, details: { findings: [{ path: 'via', message: 'is unknown' }] } },
  ],
  quote_not_signed: [400, { code: 'quote_not_signed', message, details: { missing } }],
  blueprint_incomplete: [400, { code: 'blueprint_incomplete', message, details: { missing } }],
  missing_prerequisites: [400, { code: 'missing_prerequisites', message, details: { missing } }],
  automation_version_not_found: [404, { code: 'automation_version_not_found', message }],
  ready_for_build_version_not_found: [404, { code: 'ready_for_build_version_not_found', message }],
  multiple_ready_for_build_versions: [
    409,
    { code: 'multiple_ready_for_build_versions', message, details: { automationVersionIds: ['a', 'b'] } },
  ],
  build_already_in_progress: [
    409,
    {
      code: 'build_already_in_progress',
      message,
      details: { automationVersionId: 'version-1', bindingStatus: 'error' },
    },
  ],
  version_already_built: [
    409,
    {
      code: 'version_already_built',
      message,
      details: { workflowId: 'wf_1', workflowUrl: 'https://wrk/wf_1' },
    },
  ],
  invalid_status_transition: [
    409,
    {
      code: 'invalid_status_transition',
      message,
      details: { status: 'Live', startableStatuses: ['Ready for Build'] },
    },
  ],
  concurrency_conflict: [
    409,
    {
      code: 'concurrency_conflict',
      message,
      details: { status: 'Live', updatedAt: '2031-01-01 00:00:00+00' },
    },
  ],
  idempotency_key_reused: [422, { code: 'idempotency_key_reused', message }],
};

describe('a refused request over HTTP', () => {
  it.each(Object.values(ERRORS))('has status %d for %j', (status, error) => {
    expect(toHttpError(error).status).toBe(status);
  });

  it.each(Object.values(ERRORS))(
    'has a body of error_code, message and details (status %d, %j)',
    (_, error) => {
      const details = 'details' in error ? { details: error.details } : {};
      expect(toHttpError(error).body).toEqual({ error_code: error.code, message, ...details });
    },
  );

  it('leaves details out where there are none, so that nobody reads a null', () => {
    const { body } = toHttpError({ code: 'concurrency_conflict', message, details: null });
    expect(Object.keys(body)).toEqual(['error_code', 'message']);
    expect(Object.keys(toHttpError(ERRORS.idempotency_key_reused[1]).body)).toEqual([
      'error_code',
      'message',
    ]);
  });

  it('is plain JSON', () => {
    for (const [, error] of Object.values(ERRORS)) {
      const answer = toHttpError(error);
      expect(JSON.parse(JSON.stringify(answer))).toEqual(answer);
    }
  });
});
