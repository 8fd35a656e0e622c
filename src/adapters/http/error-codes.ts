import type { RequestBuildError } from '../../core/build/errors.js';
import type { OpsError } from '../../core/ops/ops-error.js';

/** What can be wrong with a request before the library hears of it, or on our side. */
export type TransportErrorCode =
  | 'not_authenticated'
  | 'forbidden'
  | 'origin_not_allowed'
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

/** Every `error_code` there is. The strings are part of the API: they never change. */
export type HttpErrorCode = TransportErrorCode | RequestBuildError['code'] | OpsError['code'];

/** The statuses of errors. */
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

/** What one code means. */
export interface HttpErrorMeaning {
  readonly status: HttpErrorStatus;
  /** What has happened. */
  readonly meaning: string;
  /** What the caller does about it. */
  readonly remedy: string;
}

const CORRECT = 'Fix what `details` lists and send it again.';
const LOOK_AGAIN = 'Read the build again: it says what can be done now.';

/** Every code with its status, what has happened, and what its caller does about it. */
export const HTTP_ERRORS: Readonly<Record<HttpErrorCode, HttpErrorMeaning>> = {
  invalid_input: {
    status: 400,
    meaning:
      'The request cannot be read: a body that is not JSON, an unknown key, a value of the wrong kind, or an id or address that this host cannot use.',
    remedy: CORRECT,
  },
  quote_not_signed: {
    status: 400,
    meaning: 'The quote of the automation version is missing, not signed or expired.',
    remedy: 'Have the quote signed, then request the build again.',
  },
  blueprint_incomplete: {
    status: 400,
    meaning: 'The blueprint has gaps; all of them are listed, each with its path.',
    remedy: 'Complete the blueprint, then send it again.',
  },
  missing_prerequisites: {
    status: 400,
    meaning: 'Several prerequisites are missing, or issues block the build.',
    remedy: 'Settle everything that `details.missing` lists, then request the build again.',
  },
  not_authenticated: {
    status: 401,
    meaning: 'Nobody is signed in.',
    remedy: 'Sign in and send it again.',
  },
  forbidden: {
    status: 403,
    meaning: 'Whoever is signed in has none of the roles that this takes. API keys of customers have none.',
    remedy: 'Ask somebody with one of the roles.',
  },
  origin_not_allowed: {
    status: 403,
    meaning: 'The change was asked for with a cookie and from a page that this host does not trust.',
    remedy: 'Send it from a page of the application. The host lists the origins that it trusts.',
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
    meaning: 'No version of the project may start a build, or the tenant has no such project.',
    remedy: 'Check the id, or bring a version of the project to “Ready for Build” first.',
  },
  build_not_found: {
    status: 404,
    meaning: 'The tenant has no such build.',
    remedy: 'Check the id.',
  },
  method_not_allowed: {
    status: 405,
    meaning: 'The path is there, and not for this method. The header `Allow` names those that it is for.',
    remedy: 'Use one of the methods of `Allow`.',
  },
  build_already_in_progress: {
    status: 409,
    meaning:
      'The version, or another version of its project, is being built; or its build has failed and waits for a person.',
    remedy: 'Wait for the build to end; after an error, have it retried.',
  },
  version_already_built: {
    status: 409,
    meaning: 'The version has its workflow.',
    remedy: 'Put changes into a new version and request a build of that.',
  },
  invalid_status_transition: {
    status: 409,
    meaning: 'The version is not in a status from which it may go to the one that was asked for.',
    remedy: 'Bring the version to one of `details.startable_statuses` first.',
  },
  concurrency_conflict: {
    status: 409,
    meaning: 'The version or the build has changed since the caller saw it, or would not hold still.',
    remedy: 'Read it again, then decide anew.',
  },
  multiple_ready_for_build_versions: {
    status: 409,
    meaning: 'Several versions of the project may start a build.',
    remedy: 'Request the one that is meant by its own id.',
  },
  wrong_build_status: {
    status: 409,
    meaning: 'The build is in a status that this command is not for: often somebody was quicker.',
    remedy: LOOK_AGAIN,
  },
  wrong_error_reason: {
    status: 409,
    meaning: 'The build has meanwhile failed for another reason than the one that was named.',
    remedy: LOOK_AGAIN,
  },
  call_under_way: {
    status: 409,
    meaning: 'A worker is at the build, and what it does is not undone under its hands.',
    remedy: 'Wait until the call has ended, a minute at most, and send the command again.',
  },
  not_buildable: {
    status: 409,
    meaning: 'The automation version is not `Build in Progress` any more, or is gone.',
    remedy: 'Cancel the build, or bring the version back first.',
  },
  sibling_in_progress: {
    status: 409,
    meaning: 'Another version of the project is being built.',
    remedy: 'Wait for the other build to end.',
  },
  duplicate_risk: {
    status: 409,
    meaning: 'An earlier call may have made a workflow that no build holds; the calls are listed.',
    remedy: 'Look for the workflow at WRK and adopt it; or send `accept_duplicate_risk: true`.',
  },
  workflow_taken: {
    status: 409,
    meaning: 'The workflow belongs to another build.',
    remedy: 'Find out at WRK whose it is.',
  },
  body_too_large: {
    status: 413,
    meaning: 'The body is larger than this host takes.',
    remedy: 'Send only what the documentation names.',
  },
  uri_too_long: {
    status: 414,
    meaning: 'Path and query are longer than any that the documentation names.',
    remedy: 'Send only what the documentation names.',
  },
  unsupported_media_type: {
    status: 415,
    meaning: 'The body is not plain `application/json`, or it is compressed.',
    remedy: 'Send JSON, uncompressed, with `Content-Type: application/json`.',
  },
  idempotency_key_reused: {
    status: 422,
    meaning: 'The idempotency key was used before, for another request.',
    remedy: 'Give each request a key of its own.',
  },
  rate_limited: {
    status: 429,
    meaning: 'The host wants fewer requests.',
    remedy: 'Wait as many seconds as `Retry-After` says, then send it again.',
  },
  too_many_streams: {
    status: 429,
    meaning: 'The tenant has as many event streams open as this host serves.',
    remedy: 'Close one, or wait as many seconds as `Retry-After` says.',
  },
  headers_too_large: {
    status: 431,
    meaning: 'The headers are larger than this host takes.',
    remedy: 'Send fewer or shorter headers and cookies.',
  },
  internal_error: {
    status: 500,
    meaning: 'Something failed on our side.',
    remedy: 'Send it again with the same `Idempotency-Key`; if it stays so, tell us the request id.',
  },
  unavailable: {
    status: 503,
    meaning:
      'The database does not answer as it should. It may not be known whether the request was carried out.',
    remedy:
      'Wait as many seconds as `Retry-After` says, then send it again with the same `Idempotency-Key`, or read the build.',
  },
};

/** Why no build may start from where a version stands. */
export const START_REFUSALS = [
  'quote_not_signed',
  'blueprint_incomplete',
  'missing_prerequisites',
  'build_already_in_progress',
  'version_already_built',
  'invalid_status_transition',
] as const satisfies readonly HttpErrorCode[];

/** Why any order about one build may be refused. */
export const COMMAND_REFUSALS = [
  'invalid_input',
  'build_not_found',
  'wrong_build_status',
  'concurrency_conflict',
] as const satisfies readonly HttpErrorCode[];

/** Why a retry may be refused. */
export const RETRY_REFUSALS = [
  ...COMMAND_REFUSALS,
  'not_buildable',
  'blueprint_incomplete',
  'duplicate_risk',
  'sibling_in_progress',
] as const satisfies readonly HttpErrorCode[];
