import type { RequestBuildError } from '../../core/errors.js';

/** An error as an HTTP answer: the body is JSON, its field names are for ever. */
export interface HttpError {
  readonly status: 400 | 404 | 409 | 422;
  readonly body: {
    readonly error_code: RequestBuildError['code'];
    /** What is wrong and what to do next. */
    readonly message: string;
    readonly details?: unknown;
  };
}

/**
 * The HTTP answer to a refused request.
 *
 * @example
 * ```ts
 * import { toHttpError } from 'wrk-builds/http';
 *
 * const accepted = await builds.requestBuild({ tenantId, automationVersionId, via: 'patch_status', userId });
 * if (accepted.isErr()) {
 *   const { status, body } = toHttpError(accepted.error);
 *   return Response.json(body, { status });
 * }
 * ```
 */
export function toHttpError(error: RequestBuildError): HttpError {
  const details = 'details' in error && error.details !== null ? { details: error.details } : {};
  return {
    status: statusOf(error.code),
    body: { error_code: error.code, message: error.message, ...details },
  };
}

function statusOf(code: RequestBuildError['code']): HttpError['status'] {
  switch (code) {
    case 'invalid_request':
    case 'quote_not_signed':
    case 'blueprint_incomplete':
    case 'missing_prerequisites':
      return 400;
    case 'automation_version_not_found':
    case 'ready_for_build_version_not_found':
      return 404;
    case 'build_already_in_progress':
    case 'version_already_built':
    case 'invalid_status_transition':
    case 'concurrency_conflict':
    case 'multiple_ready_for_build_versions':
      return 409;
    case 'idempotency_key_reused':
      return 422;
  }
}
