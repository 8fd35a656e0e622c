import * as z from 'zod';
import { idText, storableText } from '../../../core/input/text.js';
import { ENGINEER, NEXT, VERSION_MOMENT, WORKFLOW_ID, WORKFLOW_URL } from './example-values.js';
import { named } from './registry.js';

const reason = storableText.max(1_000).describe('Why, in a sentence or two: stands in the audit log.');

const acceptDuplicateRisk = z
  .boolean()
  .optional()
  .describe('Needed where WRK may end up with a workflow that no build holds. Default false.');

const retry = {
  reason,
  accept_duplicate_risk: acceptDuplicateRisk,
  fresh_key: z
    .boolean()
    .optional()
    .describe('A new idempotency key towards WRK, for one that replays an old refusal. Default false.'),
};

const hints = {
  last_known_status: z
    .string()
    .max(200)
    .optional()
    .describe(
      'The status that the caller last saw; refused with `concurrency_conflict` when it has moved on.',
    ),
  last_known_updated_at: z
    .string()
    .max(200)
    .optional()
    .describe(
      '`updated_at` of the version as the caller last saw it, compared as text. `If-Match` says the same.',
    ),
};

const assigneeId = idText.describe('The solutions engineer.');

const priority = z
  .int()
  .min(-100)
  .max(100)
  .optional()
  .describe('Higher goes first among the builds of the tenant. Default 0.');

/** A number as a query has it: text. */
const wholeNumber = (max: number) =>
  z
    .string()
    .regex(/^[1-9][0-9]{0,3}$/, 'give a whole number')
    .transform(Number)
    .pipe(z.int().min(1).max(max));

const cursor = z.string().max(500).optional().describe('`nextCursor` of the page before.');

export const patchStatusBody = named(
  'PatchStatus',
  z.strictObject({
    status: z.literal('Build in Progress'),
    assignee_id: assigneeId.optional(),
    ...hints,
  }),
  'Requests a build of the version.',
  { status: 'Build in Progress', assignee_id: ENGINEER, last_known_updated_at: VERSION_MOMENT },
);

export const requestBuildBody = named(
  'RequestBuild',
  z.strictObject({ assignee_id: assigneeId.optional(), priority, ...hints }),
  'Requests a build of the one version of the project that may start.',
  { assignee_id: ENGINEER, priority: 10, last_known_status: 'Ready for Build' },
);

export const retryBody = named(
  'RetryBuild',
  z.strictObject(retry),
  'Builds once more what ended as an error.',
  {
    reason: 'The node that WRK refused has been renamed.',
  },
);

export const retryManyBody = named(
  'RetryBuilds',
  z.strictObject({
    ...retry,
    error_reason: idText.describe('Builds that failed for this reason are meant.'),
    limit: z.int().min(1).max(1_000).optional().describe('Builds at most. Default 100.'),
    cursor,
  }),
  'Retries the builds that failed for one reason.',
  { reason: 'WRK works again.', error_reason: 'wrk_api_error', limit: 200, cursor: NEXT },
);

export const assignBody = named(
  'AssignBuild',
  z.strictObject({
    reason,
    assignee_id: assigneeId.nullable().describe('The solutions engineer; nobody is `null`.'),
  }),
  'Gives a build to a solutions engineer, or to nobody.',
  { reason: 'Ada is away.', assignee_id: ENGINEER },
);

export const adoptBody = named(
  'AdoptWorkflow',
  z.strictObject({
    reason,
    workflow_id: idText.describe('WRK’s id of the workflow.'),
    workflow_url: storableText
      .max(2_048)
      .describe('Where people find it: an address that WRK itself would give.'),
  }),
  'Completes a build with a workflow that was made or found by hand.',
  { reason: 'Found at WRK.', workflow_id: WORKFLOW_ID, workflow_url: WORKFLOW_URL },
);

export const cancelBody = named(
  'CancelBuild',
  z.strictObject({ reason, accept_duplicate_risk: acceptDuplicateRisk }),
  'Gives a build up.',
  { reason: 'The client withdrew.', accept_duplicate_risk: true },
);

export const listQuery = z.strictObject({
  status: z
    .enum(['pending', 'active', 'error', 'cancelled'])
    .optional()
    .describe('Builds of this status alone.'),
  error_reason: idText.optional().describe('Builds that failed for this reason alone.'),
  assignee_id: idText.optional().describe('Builds of this solutions engineer alone.'),
  limit: wholeNumber(200).optional().describe('Builds to a page. Default 50.'),
  cursor,
});

export const nothing = z.strictObject({});
