import { describe, expect, it } from 'vitest';
import { HTTP_ERRORS, type HttpErrorCode, toHttpError } from '../../../src/adapters/http/index.js';
import { errorOf } from '../../../src/adapters/http/schemas/errors.js';
import type { RequestBuildError } from '../../../src/core/build/errors.js';

const message = 'What is wrong, and what to do next.';
const missing = [{ code: 'quote_not_signed' as const, message: 'Sign it.' }];

/** One error for each code. The compiler sees to it that none is forgotten. */
const ERRORS: {
  readonly [Code in RequestBuildError['code']]: [number, Extract<RequestBuildError, { code: Code }>];
} = {
  invalid_input: [
    400,
    { code: 'invalid_input', message, details: { findings: [{ path: 'trigger', message: 'is unknown' }] } },
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
      details: { status: 'Live', updatedAt: '2031-01-01 00:00:00+00', rowVersion: '7' },
    },
  ],
  host_refused: [
    500,
    {
      code: 'host_refused',
      message: 'A constraint of secret_table refuses it.',
      details: {
        sqlState: '23514',
        table: 'secret_table',
        constraint: null,
        column: 'secret_column',
        hostFunction: 'secret()',
      },
    },
  ],
  too_many_costly_requests: [
    429,
    { code: 'too_many_costly_requests', message, details: { retryAfterMs: 1_000 } },
  ],
  idempotency_key_reused: [422, { code: 'idempotency_key_reused', message }],
};

const of = (code: HttpErrorCode) => [code, HTTP_ERRORS[code].status] as const;

describe('a refused request over HTTP', () => {
  it.each(Object.values(ERRORS))('has status %d for %j', (status, error) => {
    expect(toHttpError(error).status).toBe(status);
  });

  it.each(Object.values(ERRORS))('has the shape that is documented for it (%d, %j)', (_, error) => {
    const { body } = toHttpError(error);
    expect(errorOf(error.code).parse(body)).toEqual(body);
    const told = 'details' in error && error.code !== 'host_refused' ? ['details'] : [];
    expect(Object.keys(body)).toEqual(['error_code', 'message', ...told]);
  });

  it('spells the fields of details as HTTP does, however deep they are', () => {
    const ambiguous = {
      code: 'project_ambiguous' as const,
      message: 'Cut all but one.',
      projectIds: ['p1', 'p2'],
    };
    const { body } = toHttpError({
      code: 'missing_prerequisites',
      message,
      details: { missing: [ambiguous] },
    });
    expect(body.details).toEqual({
      missing: [{ code: 'project_ambiguous', message: 'Cut all but one.', project_ids: ['p1', 'p2'] }],
    });
    expect(toHttpError(ERRORS.build_already_in_progress[1]).body.details).toEqual({
      automation_version_id: 'version-1',
      binding_status: 'error',
    });
  });

  it('names our own fields in findings as HTTP does, and leaves the paths of a blueprint alone', () => {
    const findings = [{ path: 'assigneeId', message: 'is no id' }];
    const invalid = toHttpError({ code: 'invalid_input', message, details: { findings } });
    expect(invalid.body.details).toEqual({ findings: [{ path: 'assignee_id', message: 'is no id' }] });
    const inBlueprint = [{ path: 'nodes.0.someKey', message: 'is unprocessable' }];
    const incomplete = toHttpError({
      code: 'blueprint_incomplete',
      message,
      details: { findings: inBlueprint, findingsInAll: 3 },
    });
    expect(incomplete.body.details).toEqual({ findings: inBlueprint, findings_in_all: 3 });
  });

  it('leaves details out where there are none, so that nobody reads a null', () => {
    const { body } = toHttpError({ code: 'concurrency_conflict', message, details: null });
    expect(Object.keys(body)).toEqual(['error_code', 'message']);
  });

  it('names no part of the host’s schema to the caller', () => {
    expect(JSON.stringify(toHttpError(ERRORS.host_refused[1]))).not.toMatch(/secret|23514/);
  });

  it('is plain JSON', () => {
    for (const [, error] of Object.values(ERRORS)) {
      const answer = toHttpError(error);
      expect(JSON.parse(JSON.stringify(answer))).toEqual(answer);
    }
  });
});

describe('a refused command over HTTP', () => {
  it.each([
    of('invalid_input'),
    of('build_not_found'),
    of('wrong_build_status'),
    of('wrong_error_reason'),
    of('call_under_way'),
    of('not_buildable'),
    of('sibling_in_progress'),
    of('duplicate_risk'),
    of('workflow_not_adoptable'),
  ])('%s has status %d', (code, status) => {
    expect(status).toBe(code === 'invalid_input' ? 400 : code === 'build_not_found' ? 404 : 409);
  });
});
