import * as z from 'zod';
import { HTTP_ERRORS, RETRY_REFUSALS } from '../error-codes.js';
import { anyError, errorOf, missingPrerequisite } from './errors.js';
import { named } from './registry.js';

const bindingStatus = named(
  'BuildStatus',
  z.enum(['pending', 'active', 'error', 'cancelled']),
  'Where the build of an automation version stands.',
);

const moment = z.string().describe('ISO 8601, the database’s time.');
const milliseconds = z.number().describe('In milliseconds.');

export const acceptedRequest = named(
  'AcceptedRequest',
  z.object({
    status: z.literal('Build in Progress'),
    binding_id: z.string().describe('The id of the build.'),
    automation_version_id: z.string(),
    project_id: z.string(),
    run: z.int().describe('One go at building the version; grows with each request and retry.'),
  }),
  'The build is accepted, and will run.',
);

export const orderedBuild = named(
  'OrderedBuild',
  z.object({
    binding_id: z.string(),
    automation_version_id: z.string(),
    status: bindingStatus,
    run: z.int(),
  }),
  'The build as the order left it.',
);

const call = named(
  'Call',
  z.object({
    number: z.int().describe('Within its run, from 1.'),
    run: z.int(),
    outcome: z
      .enum(['created', 'rejected', 'refused', 'unknown', 'not_sent'])
      .nullable()
      .describe('`null` while the call is open. `unknown` may have made a workflow.'),
    detail: z.string().nullable(),
    findings: z.array(z.string()).describe('What WRK finds wrong with the blueprint.'),
    workflow_id: z.string().nullable(),
    workflow_url: z.string().nullable(),
    http_status: z.int().nullable(),
    wrk_request_id: z.string().nullable(),
    started_at: moment,
    duration_ms: milliseconds.nullable(),
  }),
  'One POST to WRK.',
);

const explanation = named(
  'Explanation',
  z.object({
    state: z.enum([
      'waiting_for_people',
      'waiting_for_worker',
      'waiting_for_retry',
      'waiting_for_wrk',
      'calling_wrk',
      'active',
      'failed',
      'cancelled',
    ]),
    sentence: z.string().describe('For people, in English; programs read the other fields.'),
    next_in_ms: milliseconds.nullable().describe('When something happens by itself; `null`: nothing will.'),
    actions: z.array(
      z.enum(['retry_build', 'adopt_workflow', 'cancel_build', 'assign_build', 'request_build']),
    ),
  }),
  'What state the build is in, why, and what a person can do.',
);

export const build = named(
  'Build',
  z.object({
    binding_id: z.string(),
    automation_version_id: z.string(),
    automation_name: z.string().nullable(),
    automation_version_status: z.string().nullable(),
    project_id: z.string().nullable(),
    project_name: z.string().nullable(),
    status: bindingStatus,
    run: z.int(),
    orchestration: z.enum(['automatic', 'manual']),
    priority: z.int(),
    requested_by: z.string().nullable(),
    assignee_id: z.string().nullable(),
    request_id: z.string(),
    workflow_id: z.string().nullable(),
    workflow_url: z.string().nullable(),
    error_reason: z.string().nullable(),
    error_details: z.record(z.string(), z.unknown()).nullable(),
    created_at: moment,
    updated_at: moment,
    due_in_ms: milliseconds.describe('Until a worker may take it; below 0, for how long it has been due.'),
    held_for_ms: milliseconds.nullable().describe('How long a worker’s lease still lasts.'),
    calls: z.array(call),
    explanation,
  }),
  'A build with its calls to WRK, and what it means in words.',
);

export const buildPage = named(
  'BuildPage',
  z.object({
    builds: z.array(build),
    next: z
      .string()
      .nullable()
      .describe('Give it as `after` to get the page behind; `null`: this is the last.'),
  }),
  'Builds of the tenant, newest first.',
);

const retryRefusal = z.union([...RETRY_REFUSALS, 'wrong_error_reason' as const].map(errorOf));

export const retriedBuilds = named(
  'RetriedBuilds',
  z.object({
    retried: z.array(orderedBuild),
    refused: z
      .array(z.object({ binding_id: z.string(), error: retryRefusal }))
      .describe('Those that stay as they are.'),
    failed: z
      .array(z.object({ binding_id: z.string(), error: anyError }))
      .describe(`Those whose order broke off. ${HTTP_ERRORS.unavailable.remedy}`),
    next: z.string().nullable().describe('Give it as `after` to go on with the builds behind.'),
  }),
);

export const preview = named(
  'Preview',
  z.object({
    automation_version_id: z.string().nullable(),
    automation_version_status: z.string().nullable(),
    updated_at: z
      .string()
      .nullable()
      .describe('Of the version: give it as `last_known_updated_at`, or the `ETag` as `If-Match`.'),
    refusal: anyError.nullable().describe('Why a request would be refused; `null`: it would be accepted.'),
    prerequisites: z.array(
      z.object({
        prerequisite: z.enum(['quote', 'blueprint', 'project', 'blocking_issues', 'host']),
        met: z.boolean(),
        missing: z.array(missingPrerequisite),
      }),
    ),
  }),
  'What a request for a build would come to.',
);

export const buildEvent = named(
  'BuildEvent',
  z.object({
    binding_id: z.string(),
    automation_version_id: z.string(),
    status: bindingStatus,
    run: z.int(),
    error_reason: z.string().nullable(),
    assignee_id: z.string().nullable(),
    changed_at: moment,
  }),
  'How a build stands after a change, as the stream of events tells it.',
);
