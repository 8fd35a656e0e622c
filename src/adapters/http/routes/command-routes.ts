import type { Result } from 'neverthrow';
import type { Operations, RetriedBuilds } from '../../../operations.js';
import { COMMAND_REFUSALS, RETRY_REFUSALS } from '../error-codes.js';
import { toHttpError, transportError } from '../http-error.js';
import { commandResult, retriedBuilds } from '../schemas/answers.js';
import {
  adoptBody,
  assignBody,
  cancelBody,
  nothing,
  retryBody,
  retryManyBody,
  undoAdoptionBody,
} from '../schemas/inputs.js';
import { type Asked, defineRoute } from './route.js';

const answer = {
  status: 200,
  description: 'The command was carried out.',
  schema: commandResult,
} as const;

const ofOps = { method: 'POST', right: 'operate_builds', query: nothing } as const;

export const retryBuild = defineRoute({
  ...ofOps,
  path: '/v1/admin/builds/{id}/retry',
  operationId: 'retryBuild',
  summary: 'Retries a build that failed.',
  body: retryBody,
  answer,
  errors: RETRY_REFUSALS,
  handle: async (asked, { builds }) => {
    const { reason, accept_duplicate_risk: acceptDuplicateRisk, fresh_key: freshKey } = asked.body;
    const { requestId } = asked;
    const command = { ...from(asked), requestId, reason, acceptDuplicateRisk, freshKey };
    return (await builds.retryBuild(command)).map(commandAnswer).mapErr(toHttpError);
  },
});

export const retryBuilds = defineRoute({
  ...ofOps,
  path: '/v1/admin/builds/retry',
  operationId: 'retryBuilds',
  summary: 'Retries the builds that failed for one reason, newest first, each on its own.',
  body: retryManyBody,
  answer: { status: 200, description: 'The outcome for each build.', schema: retriedBuilds },
  errors: ['invalid_input'],
  handle: async ({ caller, requestId, body }, { builds }) => {
    const { tenantId, userId } = caller;
    const { accept_duplicate_risk: acceptDuplicateRisk, fresh_key: freshKey, ...rest } = body;
    const { error_reason: errorReason, ...which } = rest;
    const command = { tenantId, userId, requestId, errorReason, acceptDuplicateRisk, freshKey, ...which };
    const retried = await builds.retryBuilds(command);
    return retried
      .map((outcomes) => ({
        body: {
          retried: outcomes.retried.map((each) => commandAnswer(each).body),
          refused: outcomes.refused.map(({ bindingId, error }) => ({
            binding_id: bindingId,
            error: toHttpError(error).body,
          })),
          failed: outcomes.failed.map(({ bindingId }) => ({ binding_id: bindingId, error: BROKE_OFF.body })),
          next_cursor: outcomes.nextCursor,
        },
        ...(outcomes.failed.length > 0 && { problem: brokenOff(outcomes.failed) }),
      }))
      .mapErr(toHttpError);
  },
});

function brokenOff(failed: RetriedBuilds['failed']): AggregateError {
  const problems = failed.map(({ problem }) => problem);
  return new AggregateError(problems, `${problems.length} retries were interrupted.`);
}

const BROKE_OFF = transportError(
  'unavailable',
  'It is unknown whether the command was carried out: read the build first.',
);

export const assignBuild = defineRoute({
  ...ofOps,
  path: '/v1/admin/builds/{id}/assign',
  operationId: 'assignBuild',
  summary: 'Assigns a build to a solutions engineer, who is notified, or to nobody.',
  body: assignBody,
  answer,
  errors: COMMAND_REFUSALS,
  handle: async (asked, { builds }) => {
    const { assignee_id: assigneeId, reason } = asked.body;
    return (await builds.assignBuild({ ...from(asked), assigneeId, reason }))
      .map(commandAnswer)
      .mapErr(toHttpError);
  },
});

export const adoptWorkflow = defineRoute({
  ...ofOps,
  path: '/v1/admin/builds/{id}/adopt',
  operationId: 'adoptWorkflow',
  summary: 'Completes a build with a workflow that a person created or found.',
  body: adoptBody,
  answer,
  errors: [
    ...COMMAND_REFUSALS,
    'call_under_way',
    'not_buildable',
    'workflow_not_adoptable',
    'workflow_not_verified',
    'sibling_in_progress',
  ],
  handle: async (asked, { builds }) => {
    const { workflow_id: workflowId, workflow_url: workflowUrl, reason } = asked.body;
    const command = { ...from(asked), workflowId, workflowUrl, reason };
    return (await builds.adoptWorkflow(command)).map(commandAnswer).mapErr(toHttpError);
  },
});

export const undoAdoption = defineRoute({
  ...ofOps,
  path: '/v1/admin/builds/{id}/undo-adoption',
  operationId: 'undoAdoption',
  summary: 'Takes an adopted workflow from its build, which then counts as failed.',
  body: undoAdoptionBody,
  answer,
  errors: [...COMMAND_REFUSALS, 'workflow_not_adopted', 'version_moved_on', 'sibling_in_progress'],
  handle: async (asked, { builds }) => {
    const { reason } = asked.body;
    return (await builds.undoAdoption({ ...from(asked), reason })).map(commandAnswer).mapErr(toHttpError);
  },
});

export const cancelBuild = defineRoute({
  ...ofOps,
  path: '/v1/admin/builds/{id}/cancel',
  operationId: 'cancelBuild',
  summary: 'Cancels a build and moves the version and the project back to their previous statuses.',
  body: cancelBody,
  answer,
  errors: [...COMMAND_REFUSALS, 'call_under_way', 'duplicate_risk'],
  handle: async (asked, { builds }) => {
    const { reason, accept_duplicate_risk: acceptDuplicateRisk } = asked.body;
    const command = { ...from(asked), reason, acceptDuplicateRisk };
    return (await builds.cancelBuild(command)).map(commandAnswer).mapErr(toHttpError);
  },
});

/** The tenant, the user and the build of a command. */
function from({ caller: { tenantId, userId }, id }: Asked) {
  return { tenantId, userId, bindingId: id };
}

type CommandResult =
  Awaited<ReturnType<Operations['retryBuild']>> extends Result<infer Build, unknown> ? Build : never;

function commandAnswer({ bindingId, automationVersionId, status, run, hostRefusal }: CommandResult) {
  return {
    body: {
      binding_id: bindingId,
      automation_version_id: automationVersionId,
      status,
      run,
      ...(hostRefusal !== undefined && { host_refused: true }),
    },
  };
}
