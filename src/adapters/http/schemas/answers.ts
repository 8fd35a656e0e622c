import * as z from 'zod';
import { HTTP_ERRORS, RETRY_REFUSALS } from '../error-codes.js';
import { BUILD_EXAMPLE } from './build-example.js';
import { errorOf } from './errors.js';
import { BINDING, NEXT, OTHER_BINDING, OTHER_VERSION, PROJECT, VERSION } from './example-values.js';
import { named } from './registry.js';

const bindingStatus = named(
  'BuildStatus',
  z.enum(['pending', 'active', 'error', 'cancelled']),
  'The status of the build of an automation version.',
);

const moment = z.string().describe('ISO 8601, the database’s time.');
const runNumber = z
  .int()
  .min(1)
  .describe(
    'The number of this attempt to build the version, from 1. Each request and each retry starts a new run.',
  );
const milliseconds = z.number().describe('In milliseconds.');

export const acceptedRequest = named(
  'AcceptedRequest',
  z.object({
    status: z.literal('Build in Progress'),
    binding_id: z.string().describe('The id of the build.'),
    automation_version_id: z.string(),
    project_id: z.string(),
    run: runNumber,
  }),
  'The build is accepted and will run.',
  {
    status: 'Build in Progress',
    binding_id: BINDING,
    automation_version_id: VERSION,
    project_id: PROJECT,
    run: 1,
  },
);

export const commandResult = named(
  'CommandResult',
  z.object({
    binding_id: z.string(),
    automation_version_id: z.string(),
    status: bindingStatus,
    run: runNumber,
    host_refused: z
      .boolean()
      .optional()
      .describe(
        '`true`: the database of this host refused a part. The build is cancelled, but version and project keep their statuses, and there is no audit entry. Our logs name what refuses it.',
      ),
  }),
  'The build after the command.',
  { binding_id: BINDING, automation_version_id: VERSION, status: 'pending', run: 2 },
);

const call = named(
  'Call',
  z.object({
    number: z.int().min(1).describe('Within its run, from 1.'),
    run: runNumber,
    outcome: z
      .enum(['created', 'rejected', 'refused', 'unknown', 'not_sent'])
      .nullable()
      .describe(
        '`null` while the call is in progress. `unknown` means that the call may have created a workflow.',
      ),
    detail: z.string().nullable(),
    findings: z
      .array(z.string())
      .describe('What WRK finds wrong with the blueprint; empty in a list of builds.'),
    findings_in_all: z.int().describe('The number of findings.'),
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
    sentence: z.string().describe('For people, in English. Programs should read the other fields.'),
    next_in_ms: milliseconds
      .nullable()
      .describe('Milliseconds until the next automatic step; `null` if there is none.'),
    actions: z.array(
      z.enum([
        'retry_build',
        'adopt_workflow',
        'undo_adoption',
        'cancel_build',
        'assign_build',
        'request_build',
      ]),
    ),
  }),
  'The state of the build, the reason for it, and what a person can do.',
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
    run: runNumber,
    orchestration: z.enum(['automatic', 'manual']),
    priority: z.int(),
    requested_by: z.string().nullable(),
    assignee_id: z.string().nullable(),
    request_id: z.string(),
    workflow_id: z.string().nullable(),
    workflow_url: z.string().nullable(),
    workflow_adopted: z
      .boolean()
      .describe('Whether a person gave the build its workflow, and not WRK’s own answer.'),
    error_reason: z.string().nullable(),
    error_details: z.record(z.string(), z.unknown()).nullable(),
    created_at: moment,
    updated_at: moment,
    due_in_ms: milliseconds.describe(
      'Milliseconds until a worker may claim the build. Negative if it is overdue.',
    ),
    held_for_ms: milliseconds
      .nullable()
      .describe('Milliseconds until the worker’s lease expires; `null` if no worker holds the build.'),
    calls: z
      .array(call)
      .describe('The newest calls, oldest first: at most 50 of one build, and one of each build in a list.'),
    calls_in_all: z.int().describe('The number of all calls, of all runs.'),
    next_calls_cursor: z
      .string()
      .nullable()
      .describe(
        'Get the build with it as `calls_cursor` for the calls before these; `null` if there are none.',
      ),
    explanation,
  }),
  'A build with its calls to WRK and an explanation of its state.',
  BUILD_EXAMPLE,
);

export const buildPage = named(
  'BuildPage',
  z.object({
    builds: z.array(build),
    next_cursor: z
      .string()
      .nullable()
      .describe('Pass it as `cursor` to get the next page; `null` on the last page.'),
  }),
  'Builds of the tenant, newest first.',
  { builds: [BUILD_EXAMPLE], next_cursor: NEXT },
);

const retryRefusal = z.union([...RETRY_REFUSALS, 'wrong_error_reason' as const].map(errorOf));

export const retriedBuilds = named(
  'RetriedBuilds',
  z.object({
    retried: z.array(commandResult),
    refused: z
      .array(z.object({ binding_id: z.string(), error: retryRefusal }))
      .describe('Builds that were not changed, each with the reason.'),
    failed: z
      .array(z.object({ binding_id: z.string(), error: errorOf('unavailable') }))
      .describe(`Builds whose command was interrupted. ${HTTP_ERRORS.unavailable.remedy}`),
    next_cursor: z.string().nullable().describe('Pass it as `cursor` to continue with the next builds.'),
  }),
  'The outcome for each build.',
  {
    retried: [{ binding_id: BINDING, automation_version_id: VERSION, status: 'pending', run: 2 }],
    refused: [
      {
        binding_id: OTHER_BINDING,
        error: {
          error_code: 'sibling_in_progress',
          message: 'Another version of the project is being built: wait for its build to finish.',
          details: { automation_version_id: OTHER_VERSION },
        },
      },
    ],
    failed: [],
    next_cursor: null,
  },
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
  'A build after a change, as sent on the event stream.',
);
