import { err, ok, type Result } from 'neverthrow';
import * as z from 'zod';
import { findingsOf, idText, storableText } from '../core/input/text.js';
import type { OpsError } from '../core/ops/ops-error.js';
import { MAX_WORKFLOW_URL_LENGTH, readWorkflowUrl } from '../core/orchestration/workflow-url.js';
import { isWrkId } from '../core/orchestration/wrk-id.js';
import { invalidInput } from './invalid-input.js';

const command = {
  tenantId: idText,
  /** Who gives the command: stands in the audit log. */
  userId: idText,
  /** Why, in a sentence or two: stands in the audit log. */
  reason: storableText.max(1_000),
};
const ofBuild = { ...command, bindingId: idText };

/** The id of a workflow, under the rule that holds for WRK's own answers. */
const workflowId = idText.refine(isWrkId, {
  message: 'give the id that the workflow has at WRK: not blank, no control characters',
});

/** The address of a workflow, under the rule that holds for WRK's own answers. */
const workflowUrl = storableText.refine((text) => readWorkflowUrl(text) !== null, {
  message: `give the address of the workflow: https://, at most ${MAX_WORKFLOW_URL_LENGTH} characters, no user name, nothing hidden`,
});

const risk = {
  /** Needed where WRK may end up with a workflow that no build holds. Default false. */
  acceptDuplicateRisk: z.boolean().default(false),
};

const retry = {
  ...risk,
  /** A new idempotency key, for a WRK that replays an old refusal under the old one. Default false. */
  freshKey: z.boolean().default(false),
  /** Joins what follows with the logs of whoever asked. Default: one is made up. */
  requestId: idText.optional(),
};

/** `nextCursor` of the page before. */
const cursor = z.string().max(500).optional();

export const commandSchemas = {
  retry: z.strictObject({ ...ofBuild, ...retry }),
  retryMany: z.strictObject({
    ...command,
    ...retry,
    errorReason: idText,
    /** From 1 to 1,000. Default 100. */
    limit: z.int().min(1).max(1_000).default(100),
    cursor,
  }),
  assign: z.strictObject({ ...ofBuild, assigneeId: idText.nullable() }),
  adopt: z.strictObject({ ...ofBuild, workflowId, workflowUrl }),
  cancel: z.strictObject({ ...ofBuild, ...risk }),
  get: z
    .strictObject({ tenantId: idText, bindingId: idText.optional(), automationVersionId: idText.optional() })
    .refine((asked) => (asked.bindingId === undefined) !== (asked.automationVersionId === undefined), {
      message: 'name either the build or its automation version',
    }),
  list: z.strictObject({
    tenantId: idText,
    status: z.enum(['pending', 'active', 'error', 'cancelled']).optional(),
    errorReason: idText.optional(),
    assigneeId: idText.optional(),
    /** From 1 to 200. Default 50. */
    limit: z.int().min(1).max(200).default(50),
    cursor,
  }),
} as const;

/** Which build to retry, and how. */
export type RetryInput = z.input<typeof commandSchemas.retry>;
/** Which builds to retry, at most `limit` of those that failed for `errorReason`, from `after` on, and how. */
export type RetryManyInput = z.input<typeof commandSchemas.retryMany>;
/** Which build to give to whom; nobody is `null`. */
export type AssignInput = z.input<typeof commandSchemas.assign>;
/** Which workflow becomes which build's own. */
export type AdoptInput = z.input<typeof commandSchemas.adopt>;
/** Which build to give up. */
export type CancelInput = z.input<typeof commandSchemas.cancel>;
/** Which build to show: by its own id, or by its automation version's. */
export type GetInput = z.input<typeof commandSchemas.get>;
/** Which builds of a tenant to list. */
export type ListInput = z.input<typeof commandSchemas.list>;

/** Reads a command; whatever is wrong with it is listed at once. */
export function readCommand<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): Result<z.output<Schema>, OpsError> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return ok(parsed.data);
  return err(invalidInput(findingsOf(parsed.error)));
}
