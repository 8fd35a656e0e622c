import * as z from 'zod';
import { BUILD_ERROR_REASONS } from '../../../core/build/errors.js';
import { BINDING_STATUSES, BUILD_IN_PROGRESS } from '../../../core/build/statuses.js';
import { flag, oneOf, options, wholeNumber } from '../../../core/input/option-kinds.js';
import { prioritySchema } from '../../../core/input/priority.js';
import { anyText, idText, storableText } from '../../../core/input/text.js';
import { ENGINEER, NEXT, VERSION_MOMENT, WORKFLOW_ID, WORKFLOW_URL } from './example-values.js';
import { named } from './registry.js';

const reason = storableText(1_000).describe(
  'The reason, in a sentence or two. It is written to the audit log.',
);

const acceptDuplicateRisk = flag()
  .optional()
  .describe('Required if WRK may end up with a workflow that belongs to no build. Default false.');

const retry = {
  reason,
  accept_duplicate_risk: acceptDuplicateRisk,
  fresh_key: flag()
    .optional()
    .describe(
      'Calls WRK with a new idempotency key. Use it if WRK replays an old failure under the old key. Default false.',
    ),
};

const hints = {
  last_known_status: anyText(200)
    .optional()
    .describe(
      'The status that the caller last saw. If it has changed, the request is refused with `concurrency_conflict`.',
    ),
  last_known_updated_at: anyText(200)
    .optional()
    .describe(
      '`updated_at` of the version as the caller last saw it, compared as text. `If-Match` is stricter: it also sees writes that leave `updated_at` alone.',
    ),
};

const assigneeId = idText.describe('The solutions engineer.');

const priority = prioritySchema
  .optional()
  .describe('From -100 to 100. Builds of the tenant with a higher priority run first. Default 0.');

/** A whole number as query text. */
const countAsText = (of: string, max: number) => {
  const error = `give a whole number of ${of} from 1 to ${max}`;
  return z
    .string({ error })
    .regex(/^[1-9][0-9]{0,3}$/, { error })
    .transform(Number)
    .pipe(wholeNumber(of, 1, max));
};

const cursor = anyText(500).optional().describe('`next_cursor` of the previous page.');

export const patchStatusBody = named(
  'PatchStatus',
  options({
    status: oneOf(BUILD_IN_PROGRESS),
    assignee_id: assigneeId.optional(),
    ...hints,
  }),
  'Requests a build of the version.',
  { status: 'Build in Progress', assignee_id: ENGINEER, last_known_updated_at: VERSION_MOMENT },
);

export const requestBuildBody = named(
  'RequestBuild',
  options({ assignee_id: assigneeId.optional(), priority, ...hints }),
  'Requests a build of the one version of the project that may start.',
  { assignee_id: ENGINEER, priority: 10, last_known_status: 'Ready for Build' },
);

export const retryBody = named('RetryBuild', options(retry), 'Retries a build that failed.', {
  reason: 'The node that WRK refused has been renamed.',
});

export const retryManyBody = named(
  'RetryBuilds',
  options({
    ...retry,
    error_reason: oneOf(...BUILD_ERROR_REASONS).describe('Retries the builds that failed for this reason.'),
    limit: wholeNumber('builds', 1, 1_000).optional().describe('The maximum number of builds. Default 100.'),
    cursor,
  }),
  'Retries the builds that failed for one reason.',
  { reason: 'WRK works again.', error_reason: 'wrk_api_error', limit: 200, cursor: NEXT },
);

export const assignBody = named(
  'AssignBuild',
  options({
    reason,
    assignee_id: assigneeId.nullable().describe('The solutions engineer; `null` to assign nobody.'),
  }),
  'Assigns a build to a solutions engineer, or to nobody.',
  { reason: 'Ada is away.', assignee_id: ENGINEER },
);

export const adoptBody = named(
  'AdoptWorkflow',
  options({
    reason,
    workflow_id: idText.describe('WRK’s id of the workflow.'),
    workflow_url: storableText(2_048).describe('The URL of the workflow, in the form that WRK returns.'),
  }),
  'Completes a build with a workflow that a person created or found.',
  { reason: 'Found at WRK.', workflow_id: WORKFLOW_ID, workflow_url: WORKFLOW_URL },
);

export const undoAdoptionBody = named(
  'UndoAdoption',
  options({ reason }),
  'Takes an adopted workflow from its build.',
  { reason: 'The id was mistyped.' },
);

export const cancelBody = named(
  'CancelBuild',
  options({ reason, accept_duplicate_risk: acceptDuplicateRisk }),
  'Cancels a build.',
  { reason: 'The client withdrew.', accept_duplicate_risk: true },
);

export const listQuery = options({
  status: oneOf(...BINDING_STATUSES)
    .optional()
    .describe('Only builds with this status.'),
  error_reason: oneOf(...BUILD_ERROR_REASONS)
    .optional()
    .describe('Only builds that failed for this reason.'),
  assignee_id: idText.optional().describe('Only builds of this solutions engineer.'),
  limit: countAsText('builds', 200)
    .optional()
    .describe('The maximum number of builds on a page. Default 50.'),
  cursor,
});

export const callsQuery = options({
  calls_cursor: anyText(500).optional().describe('`next_calls_cursor` of the answer before.'),
});

const MAX_DEAD_LETTERS = 1_000;

export const deadLettersQuery = options({
  limit: countAsText('dead letters', MAX_DEAD_LETTERS)
    .optional()
    .describe('The maximum number of dead letters. Default 100.'),
});

export const redriveBody = named(
  'RedriveDeadLetters',
  options({
    ids: z
      .array(idText, { error: 'give a list of ids' })
      .max(100, { error: 'give at most 100 ids' })
      .optional()
      .describe('The dead letters, by their ids. Default the oldest of the tenant.'),
    limit: wholeNumber('dead letters', 1, MAX_DEAD_LETTERS)
      .optional()
      .describe('The maximum number of dead letters. Default 100.'),
  }),
  'The dead letters to redrive.',
  { ids: ['4711'] },
);

export const nothing = options({});
