import { err, ok } from 'neverthrow';
import type { BuildPreview } from '../../../core/request/preview-build.js';
import { entityTag } from '../entity-tag.js';
import { type HttpError, toHttpError } from '../http-error.js';
import { nothing } from '../schemas/inputs.js';
import { preview } from '../schemas/preview-answer.js';
import { snakeCased } from '../schemas/snake-case.js';
import { defineRoute } from './route.js';

const answer = {
  status: 200,
  description: 'Every prerequisite, met or not. Nothing changes.',
  schema: preview,
} as const;

export const previewBuildOfVersion = defineRoute({
  method: 'GET',
  path: '/v1/automation-versions/{id}/prerequisites',
  operationId: 'previewBuildOfVersion',
  summary: 'Checks whether a request for a build of the version would be accepted.',
  right: 'request_build',
  query: nothing,
  body: nothing,
  answer,
  errors: ['automation_version_not_found', 'too_many_costly_requests'],
  handle: async ({ caller: { tenantId }, id }, { builds }) => {
    const previewed = await builds.previewBuild({ tenantId, automationVersionId: id });
    return previewed.mapErr(toHttpError).andThen(shown);
  },
});

export const previewBuildOfProject = defineRoute({
  method: 'GET',
  path: '/v1/admin/projects/{id}/prerequisites',
  operationId: 'previewBuildOfProject',
  summary: 'Checks whether a request for a build of the project would be accepted.',
  right: 'operate_builds',
  query: nothing,
  body: nothing,
  answer,
  errors: [
    'ready_for_build_version_not_found',
    'multiple_ready_for_build_versions',
    'build_already_in_progress',
    'too_many_costly_requests',
  ],
  handle: async ({ caller: { tenantId }, id }, { builds }) => {
    const previewed = await builds.previewBuild({ tenantId, projectId: id });
    return previewed.mapErr(toHttpError).andThen(shown);
  },
});

/** What is missing stands in `prerequisites` already, and may be long. */
function withoutMissing({ details, ...body }: HttpError['body']): HttpError['body'] {
  const isListed = typeof details === 'object' && details !== null && 'missing' in details;
  return isListed || details === undefined ? body : { ...body, details };
}

/** If the request does not resolve to one version, the refusal is the answer. */
function shown({ automationVersion, refusal, prerequisites }: BuildPreview) {
  if (!automationVersion && refusal) return err(toHttpError(refusal));
  return ok({
    body: {
      automation_version_id: automationVersion?.id ?? null,
      automation_version_status: automationVersion?.status ?? null,
      updated_at: automationVersion?.updatedAt ?? null,
      refusal: refusal && withoutMissing(toHttpError(refusal).body),
      prerequisites: prerequisites.map(({ prerequisite, met, missing }) => ({
        prerequisite,
        met,
        missing: missing.map((each) => snakeCased(each)),
      })),
    },
    ...(automationVersion && { headers: { ETag: entityTag(automationVersion.rowVersion) } }),
  });
}
