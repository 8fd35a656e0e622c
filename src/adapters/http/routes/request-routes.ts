import { err, ok, type Result } from 'neverthrow';
import type { RequestBuildError } from '../../../core/build/errors.js';
import type { RequestAnswer } from '../../../core/build/facts.js';
import { entityTag, readIfMatch } from '../entity-tag.js';
import { START_REFUSALS } from '../error-codes.js';
import { type HttpError, toHttpError } from '../http-error.js';
import type { RouteContext } from '../route-context.js';
import { acceptedRequest } from '../schemas/answers.js';
import { nothing, patchStatusBody, requestBuildBody } from '../schemas/inputs.js';
import { inFlowWords, otherStatus } from './other-status.js';
import { type Asked, defineRoute } from './route.js';

const REFUSALS = [
  ...START_REFUSALS,
  'concurrency_conflict',
  'idempotency_key_reused',
  'host_refused',
  'too_many_costly_requests',
] as const;

const answer = {
  status: 202,
  description: 'The build is accepted: it is stored durably and will run.',
  schema: acceptedRequest,
} as const;

export const patchStatus = defineRoute({
  method: 'PATCH',
  path: '/v1/automation-versions/{id}/status',
  operationId: 'patchAutomationVersionStatus',
  summary: 'Moves an automation version to `Build in Progress` and so requests its build.',
  right: 'request_build',
  headers: ['If-Match', 'Idempotency-Key'],
  query: nothing,
  body: patchStatusBody,
  answer,
  errors: ['automation_version_not_found', ...REFUSALS],
  before: otherStatus,
  rewrite: inFlowWords,
  handle: async (asked, { builds }) => {
    const more = readRequestHeaders(asked, builds);
    if (more.isErr()) return err(more.error);
    const { assignee_id: assigneeId } = asked.body;
    const requested = await builds.requestBuild({
      ...more.value,
      automationVersionId: asked.id,
      assigneeId,
      trigger: 'patch_status',
    });
    return requested.map(accepted).mapErr(refused);
  },
});

export const requestBuildOfProject = defineRoute({
  method: 'POST',
  path: '/v1/admin/projects/{id}/request-build',
  operationId: 'requestBuildOfProject',
  summary: 'Requests a build of the only version of the project that is ready for build.',
  right: 'operate_builds',
  headers: ['If-Match', 'Idempotency-Key'],
  query: nothing,
  body: requestBuildBody,
  answer,
  errors: ['ready_for_build_version_not_found', 'multiple_ready_for_build_versions', ...REFUSALS],
  handle: async (asked, { builds }) => {
    const more = readRequestHeaders(asked, builds);
    if (more.isErr()) return err(more.error);
    const { assignee_id: assigneeId, priority } = asked.body;
    const requested = await builds.requestBuild({
      ...more.value,
      projectId: asked.id,
      assigneeId,
      priority,
      trigger: 'admin_request_build',
    });
    return requested.map(accepted).mapErr(refused);
  },
});

interface Hints {
  readonly last_known_status?: string | undefined;
  readonly last_known_updated_at?: string | undefined;
}

/** The caller, and what headers and hints add to a request. */
function readRequestHeaders(
  { request, caller, requestId, body }: Asked & { readonly body: Hints },
  { versionStatusOf }: RouteContext['builds'],
): Result<
  {
    readonly tenantId: string;
    readonly userId: string;
    readonly requestId: string;
    readonly idempotencyKey: string | null;
    readonly lastKnownStatus: string | undefined;
    readonly lastKnownUpdatedAt: string | undefined;
    readonly lastKnownRowVersion: string | null;
  },
  HttpError
> {
  const ifMatch = readIfMatch(request.headers);
  if (ifMatch.isErr()) return err(ifMatch.error);
  const { last_known_status: lastKnownStatus, last_known_updated_at: lastKnownUpdatedAt } = body;
  const { tenantId, userId } = caller;
  return ok({
    tenantId,
    userId,
    requestId,
    idempotencyKey: request.headers.get('idempotency-key'),
    lastKnownStatus: lastKnownStatus === undefined ? undefined : versionStatusOf(lastKnownStatus),
    lastKnownUpdatedAt,
    lastKnownRowVersion: ifMatch.value,
  });
}

function accepted({ bindingId, automationVersionId, projectId, run }: RequestAnswer) {
  const ids = { binding_id: bindingId, automation_version_id: automationVersionId, project_id: projectId };
  return { body: { status: 'Build in Progress' as const, ...ids, run } };
}

/** On a conflict, the caller gets the tag of the current state. */
function refused(error: RequestBuildError): HttpError {
  const answered = toHttpError(error);
  if (error.code !== 'concurrency_conflict' || error.details === null) return answered;
  return { ...answered, headers: { ETag: entityTag(error.details.rowVersion) } };
}
