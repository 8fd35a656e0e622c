import type { RequestBuildError } from '../../core/build/errors.js';
import type { OpsError } from '../../core/ops/ops-error.js';
import {
  HTTP_ERRORS,
  type HttpErrorCode,
  type HttpErrorStatus,
  type TransportErrorCode,
} from './error-codes.js';
import { snakeCased, snakeCaseName } from './schemas/snake-case.js';

/** An error as an HTTP answer. The body is JSON, and its field names never change. */
export interface HttpError {
  readonly status: HttpErrorStatus;
  readonly body: {
    readonly error_code: HttpErrorCode;
    /** What is wrong and what to do next. */
    readonly message: string;
    readonly details?: unknown;
  };
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Returns the HTTP answer for a refused request or a refused ops command. For hosts with their own routes.
 *
 * @example
 * ```ts
 * import { toHttpError } from 'wrk-builds/http';
 *
 * const accepted = await builds.requestBuild({ tenantId, automationVersionId, trigger: 'patch_status', userId });
 * if (accepted.isErr()) {
 *   const { status, body } = toHttpError(accepted.error);
 *   return Response.json(body, { status });
 * }
 * ```
 */
export function toHttpError(error: RequestBuildError | OpsError): HttpError {
  if (error.code === 'host_refused') return HOST_REFUSED;
  const details = 'details' in error && error.details !== null ? { details: detailsOf(error) } : {};
  return {
    status: HTTP_ERRORS[error.code].status,
    body: { error_code: error.code, message: error.message, ...details },
    ...(error.code === 'too_many_costly_requests' && {
      headers: { 'Retry-After': String(Math.ceil(error.details.retryAfterMs / 1_000)) },
    }),
  };
}

/** What refuses is in the event `write_refused`: the caller may be a customer, and it names tables of the host's. */
const HOST_REFUSED: HttpError = {
  status: HTTP_ERRORS.host_refused.status,
  body: {
    error_code: 'host_refused',
    message: 'This change cannot be stored at the moment: contact us with the request id.',
  },
};

/** The answer to a request that does not reach the library. */
export function transportError(
  code: TransportErrorCode,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): HttpError {
  return { status: HTTP_ERRORS[code].status, body: { error_code: code, message }, headers };
}

function detailsOf(error: Extract<RequestBuildError | OpsError, { readonly details: unknown }>): unknown {
  if (error.code !== 'invalid_input') return snakeCased(error.details);
  // These paths name our fields, which are snake_case over HTTP; paths within a blueprint stay as they are.
  return {
    findings: error.details.findings.map(({ path, message }) => ({ path: snakeCaseName(path), message })),
  };
}
