import type { RequestBuildError } from '../../core/build/errors.js';
import type { OpsError } from '../../core/ops/ops-error.js';

/** Errors of a request that does not reach the library, and failures on our side. */
export type TransportErrorCode =
  | 'not_authenticated'
  | 'forbidden'
  | 'origin_not_allowed'
  | 'tenant_required'
  | 'not_found'
  | 'method_not_allowed'
  | 'body_too_large'
  | 'uri_too_long'
  | 'unsupported_media_type'
  | 'rate_limited'
  | 'too_many_streams'
  | 'headers_too_large'
  | 'internal_error'
  | 'unavailable';

/** Every `error_code`. The strings are part of the API and never change. */
export type HttpErrorCode = TransportErrorCode | RequestBuildError['code'] | OpsError['code'];

/** The HTTP statuses of errors. */
export type HttpErrorStatus =
  | 400
  | 401
  | 403
  | 404
  | 405
  | 409
  | 413
  | 414
  | 415
  | 422
  | 429
  | 431
  | 500
  | 503;

/** The meaning of one error code. */
export interface HttpErrorMeaning {
  readonly status: HttpErrorStatus;
  /** What happened. */
  readonly meaning: string;
  /** What the caller can do about it. */
  readonly remedy: string;
}

const CORRECT = 'Fix the problems listed in `details` and send the request again.';
const LOOK_AGAIN = 'Read the build again: it lists the actions that are possible now.';

/** Every error code with its status, its meaning and its remedy. */
export const HTTP_ERRORS: Readonly<Record<HttpErrorCode, HttpErrorMeaning>> = {
  invalid_input: {
    status: 400,
    meaning:
      'The request is invalid: the body is not JSON, a key is unknown, a value has the wrong type, or this host cannot use an id or URL.',
    remedy: CORRECT,
  },
  quote_not_signed: {
    status: 400,
    meaning: 'The quote of the automation version is missing, unsigned or expired.',
    remedy: 'Have the quote signed, then request the build again.',
  },
  blueprint_incomplete: {
    status: 400,
    meaning: 'The blueprint is incomplete. All gaps are listed, each with its path.',
    remedy: 'Complete the blueprint, then send the request again.',
  },
  missing_prerequisites: {
    status: 400,
    meaning: 'Several prerequisites are missing, or issues block the build.',
    remedy: 'Fix everything listed in `details.missing`, then request the build again.',
  },
  tenant_required: {
    status: 400,
    meaning: 'The path belongs to a tenant, and the caller acts for none.',
    remedy: 'Choose the client that you act for, then send the request again.',
  },
  not_authenticated: {
    status: 401,
    meaning: 'The caller is not signed in.',
    remedy: 'Sign in and send the request again.',
  },
  forbidden: {
    status: 403,
    meaning: 'The caller has none of the required roles. Customer API keys have no roles.',
    remedy: 'Ask someone with one of the roles.',
  },
  origin_not_allowed: {
    status: 403,
    meaning:
      'The change was sent with a cookie or by another site, and not from a page whose origin this host allows.',
    remedy: 'Send it from a page of the application. The host lists the origins that it allows.',
  },
  not_found: {
    status: 404,
    meaning: 'There is no such path.',
    remedy: 'Check the path against `GET /v1/openapi.json`.',
  },
  automation_version_not_found: {
    status: 404,
    meaning: 'The tenant has no such automation version.',
    remedy: 'Check the id.',
  },
  ready_for_build_version_not_found: {
    status: 404,
    meaning: 'No version of the project is ready for build, or the tenant has no such project.',
    remedy: 'Check the id, or bring a version of the project to “Ready for Build” first.',
  },
  build_not_found: {
    status: 404,
    meaning: 'The tenant has no such build.',
    remedy: 'Check the id.',
  },
  method_not_allowed: {
    status: 405,
    meaning: 'The path does not support this method. The header `Allow` lists the supported methods.',
    remedy: 'Use one of the methods in `Allow`.',
  },
  build_already_in_progress: {
    status: 409,
    meaning:
      'The version or another version of its project is being built, or its build has failed and waits for a person.',
    remedy: 'Wait for the build to finish. If it has failed, have it retried.',
  },
  version_already_built: {
    status: 409,
    meaning: 'The version already has a workflow.',
    remedy: 'Put changes into a new version and request a build of that version.',
  },
  invalid_status_transition: {
    status: 409,
    meaning: 'The version cannot move from its current status to the requested one.',
    remedy: 'Move the version to one of `details.startable_statuses` first.',
  },
  concurrency_conflict: {
    status: 409,
    meaning: 'The version or the build has changed since the caller last saw it, or keeps changing.',
    remedy: 'Read it again, then decide whether to send the request again.',
  },
  multiple_ready_for_build_versions: {
    status: 409,
    meaning: 'Several versions of the project are ready for build.',
    remedy: 'Request a build of the intended version by its id.',
  },
  wrong_build_status: {
    status: 409,
    meaning: 'The command does not apply to the build’s current status. Often someone else was faster.',
    remedy: LOOK_AGAIN,
  },
  wrong_error_reason: {
    status: 409,
    meaning: 'The build has failed for a different reason than the one in the request.',
    remedy: LOOK_AGAIN,
  },
  call_under_way: {
    status: 409,
    meaning: 'A worker is calling WRK for the build, and the command must not interfere with the call.',
    remedy: 'Wait for the call to end, at most a minute, and send the command again.',
  },
  not_buildable: {
    status: 409,
    meaning: 'The automation version is no longer `Build in Progress`, or no longer exists.',
    remedy: 'Cancel the build, or move the version back first.',
  },
  sibling_in_progress: {
    status: 409,
    meaning: 'Another version of the project is being built.',
    remedy: 'Wait for the other build to finish.',
  },
  duplicate_risk: {
    status: 409,
    meaning: 'An earlier call may have created a workflow that belongs to no build. The calls are listed.',
    remedy: 'Look for the workflow in WRK and adopt it, or send `accept_duplicate_risk: true`.',
  },
  workflow_not_adoptable: {
    status: 409,
    meaning: 'WRK has no such workflow for the tenant, or another build has it.',
    remedy: 'Check the id in WRK.',
  },
  workflow_not_adopted: {
    status: 409,
    meaning: 'WRK itself gave the build its workflow, so there is no adoption to undo.',
    remedy: 'Put changes into a new version and request a build of that version.',
  },
  version_moved_on: {
    status: 409,
    meaning: 'The automation version has moved past `QA & Testing` since the build was complete.',
    remedy: 'If nobody uses the workflow, move the version back first.',
  },
  body_too_large: {
    status: 413,
    meaning: 'The body is larger than this host accepts.',
    remedy: 'Send only documented fields.',
  },
  uri_too_long: {
    status: 414,
    meaning: 'The URL is longer than this host accepts.',
    remedy: 'Send only documented parameters.',
  },
  unsupported_media_type: {
    status: 415,
    meaning: 'The body is not plain `application/json`, or it is compressed.',
    remedy: 'Send JSON, uncompressed, with `Content-Type: application/json`.',
  },
  idempotency_key_reused: {
    status: 422,
    meaning: 'The idempotency key has already been used for a different request.',
    remedy: 'Use a new key for each request.',
  },
  rate_limited: {
    status: 429,
    meaning: 'The caller has sent too many requests.',
    remedy: 'Wait for the number of seconds in `Retry-After`, then send the request again.',
  },
  too_many_costly_requests: {
    status: 429,
    meaning: 'Another request of the tenant with a large blueprint is being checked.',
    remedy: 'Wait for the number of seconds in `Retry-After`, then send the request again.',
  },
  too_many_streams: {
    status: 429,
    meaning: 'The user, the tenant or this process has reached the maximum number of open event streams.',
    remedy: 'Close one, or wait for the number of seconds in `Retry-After`.',
  },
  headers_too_large: {
    status: 431,
    meaning: 'The headers are larger than this host accepts.',
    remedy: 'Send fewer or shorter headers and cookies.',
  },
  internal_error: {
    status: 500,
    meaning: 'Something went wrong on our side.',
    remedy:
      'Send the request again with the same `Idempotency-Key`. If it keeps failing, contact us with the request id.',
  },
  host_refused: {
    status: 500,
    meaning:
      'The database of this host refuses the change, and nothing was written. Our logs name what refuses it.',
    remedy:
      'Contact us with the request id. Sending the request again changes nothing until we have fixed it.',
  },
  workflow_not_verified: {
    status: 503,
    meaning: 'WRK did not say whether the tenant has the workflow. Nothing was changed.',
    remedy: 'Send the command again.',
  },
  unavailable: {
    status: 503,
    meaning:
      'The database is unavailable or misconfigured. It may be unknown whether the request was carried out.',
    remedy:
      'Wait for the number of seconds in `Retry-After`, then send the request again with the same `Idempotency-Key`, or read the build.',
  },
};

/** Why a build of a version cannot start. */
export const START_REFUSALS = [
  'quote_not_signed',
  'blueprint_incomplete',
  'missing_prerequisites',
  'build_already_in_progress',
  'version_already_built',
  'invalid_status_transition',
] as const satisfies readonly HttpErrorCode[];

/** Why any command for one build may be refused. */
export const COMMAND_REFUSALS = [
  'invalid_input',
  'build_not_found',
  'wrong_build_status',
  'concurrency_conflict',
  'host_refused',
] as const satisfies readonly HttpErrorCode[];

/** Why a retry may be refused. */
export const RETRY_REFUSALS = [
  ...COMMAND_REFUSALS,
  'not_buildable',
  'blueprint_incomplete',
  'duplicate_risk',
  'sibling_in_progress',
] as const satisfies readonly HttpErrorCode[];
