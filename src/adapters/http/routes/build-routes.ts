import { toHttpError } from '../http-error.js';
import { build, buildPage } from '../schemas/answers.js';
import { callsQuery, listQuery, nothing } from '../schemas/inputs.js';
import { requestedBuild } from '../schemas/requested-build.js';
import { buildAnswer, requestedBuildAnswer } from './build-answer.js';
import { defineRoute } from './route.js';

export const listBuilds = defineRoute({
  method: 'GET',
  path: '/v1/admin/builds',
  operationId: 'listBuilds',
  summary: 'Lists the builds of the tenant, newest first, in an order that is stable across pages.',
  right: 'operate_builds',
  query: listQuery,
  body: nothing,
  answer: { status: 200, description: 'One page of builds.', schema: buildPage },
  errors: ['invalid_input'],
  handle: async ({ caller: { tenantId }, query }, { builds }) => {
    const { error_reason: errorReason, assignee_id: assigneeId, ...rest } = query;
    const listed = await builds.listBuilds({ tenantId, errorReason, assigneeId, ...rest });
    return listed
      .map((page) => ({ body: { builds: page.builds.map(buildAnswer), next_cursor: page.nextCursor } }))
      .mapErr(toHttpError);
  },
});

const answer = { status: 200, description: 'The build.', schema: build } as const;

export const getBuild = defineRoute({
  method: 'GET',
  path: '/v1/admin/builds/{id}',
  operationId: 'getBuild',
  summary: 'Returns one build with its newest calls to WRK and what happens next.',
  right: 'operate_builds',
  query: callsQuery,
  body: nothing,
  answer,
  errors: ['build_not_found'],
  handle: async ({ caller: { tenantId }, id, query: { calls_cursor: callsCursor } }, { builds }) => {
    const found = await builds.getBuild({ tenantId, bindingId: id, callsCursor });
    return found.map((each) => ({ body: buildAnswer(each) })).mapErr(toHttpError);
  },
});

export const getBuildOfVersion = defineRoute({
  method: 'GET',
  path: '/v1/admin/automation-versions/{id}/build',
  operationId: 'getBuildOfVersion',
  summary: 'Returns the build of an automation version.',
  right: 'operate_builds',
  query: callsQuery,
  body: nothing,
  answer,
  errors: ['build_not_found'],
  handle: async ({ caller: { tenantId }, id, query: { calls_cursor: callsCursor } }, { builds }) => {
    const found = await builds.getBuild({ tenantId, automationVersionId: id, callsCursor });
    return found.map((each) => ({ body: buildAnswer(each) })).mapErr(toHttpError);
  },
});

export const getRequestedBuild = defineRoute({
  method: 'GET',
  path: '/v1/automation-versions/{id}/build',
  operationId: 'getRequestedBuild',
  summary: 'Says how the build of an automation version stands, in words for those who requested it.',
  right: 'request_build',
  query: nothing,
  body: nothing,
  answer: { status: 200, description: 'How the build stands.', schema: requestedBuild },
  errors: ['build_not_found'],
  handle: async ({ caller: { tenantId }, id }, { builds }) => {
    const found = await builds.getBuild({ tenantId, automationVersionId: id });
    return found.map((each) => ({ body: requestedBuildAnswer(each) })).mapErr(toHttpError);
  },
});
