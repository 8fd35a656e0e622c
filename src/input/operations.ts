import { err, ok, type Result } from 'neverthrow';
import * as z from 'zod';
import { BUILD_ERROR_REASONS } from '../core/build/errors.js';
import { BINDING_STATUSES } from '../core/build/statuses.js';
import { findingsOf } from '../core/input/findings.js';
import { invalidInput } from '../core/input/invalid-input.js';
import { flag, oneOf, options, wholeNumber } from '../core/input/option-kinds.js';
import { anyText, idText, storableText } from '../core/input/text.js';
import { isWrkId, MAX_WORKFLOW_URL_LENGTH, readWorkflowUrl } from '../core/input/workflow-text.js';
import type { OpsError } from '../core/ops/ops-error.js';

const command = { tenantId: idText, userId: idText, reason: storableText(1_000) };
const ofBuild = { ...command, bindingId: idText };

/** The id of a workflow, under the rule that holds for WRK's own answers. */
const workflowId = idText.refine(isWrkId, {
  message: 'give the id that the workflow has at WRK: not blank, no control characters',
});

const URL_WANTED = `give the address of the workflow: https://, at most ${MAX_WORKFLOW_URL_LENGTH} characters, no user name, nothing hidden`;

/** The address of a workflow, under the rule that holds for WRK's own answers. */
const workflowUrl = z
  .string({ error: URL_WANTED })
  .refine((text) => readWorkflowUrl(text) !== null, { error: URL_WANTED });

const risk = { acceptDuplicateRisk: flag().default(false) };
const retry = { ...risk, freshKey: flag().default(false), requestId: idText.optional() };
const errorReason = oneOf(...BUILD_ERROR_REASONS);
const cursor = anyText(500).optional();

/** The schemas of what operations are given. Their inputs are the types of `operation-inputs.ts`. */
export const commandSchemas = {
  retry: options({ ...ofBuild, ...retry }),
  retryMany: options({
    ...command,
    ...retry,
    errorReason,
    limit: wholeNumber('builds', 1, 1_000).default(100),
    cursor,
  }),
  assign: options({ ...ofBuild, assigneeId: idText.nullable() }),
  adopt: options({ ...ofBuild, workflowId, workflowUrl }),
  undoAdoption: options(ofBuild),
  cancel: options({ ...ofBuild, ...risk }),
  get: options({
    tenantId: idText,
    bindingId: idText.optional(),
    automationVersionId: idText.optional(),
    callsCursor: cursor,
  }).refine((asked) => (asked.bindingId === undefined) !== (asked.automationVersionId === undefined), {
    message: 'give either bindingId or automationVersionId',
    params: { wrong: 'names both or neither' },
  }),
  list: options({
    tenantId: idText,
    status: oneOf(...BINDING_STATUSES).optional(),
    errorReason: errorReason.optional(),
    assigneeId: idText.optional(),
    limit: wholeNumber('builds', 1, 200).default(50),
    cursor,
  }),
} as const;

/** Reads a command; whatever is wrong with it is listed at once. */
export function readCommand<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): Result<z.output<Schema>, OpsError> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return ok(parsed.data);
  return err(invalidInput(findingsOf(parsed.error, schema, input)));
}
