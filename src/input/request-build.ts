import { err, ok, type Result } from 'neverthrow';
import * as z from 'zod';
import type { RequestBuildError } from '../core/build/errors.js';
import { findingsOf, idText } from '../core/input/text.js';
import type { RequestBuildCommand } from '../core/request/request-build.js';
import { type CommandRules, misfitIds } from './host-ids.js';
import { invalidInput } from './invalid-input.js';

const inputSchema = z
  .strictObject({
    tenantId: idText,
    automationVersionId: idText.optional(),
    projectId: idText.optional(),
    trigger: z.enum(['patch_status', 'admin_request_build', 'auto_build', 'status_change']),
    userId: idText.nullish(),
    assigneeId: idText.nullish(),
    requestId: idText.optional(),
    priority: z.int().min(-100).max(100).default(0),
    lastKnownStatus: z.string().max(200).nullish(),
    lastKnownUpdatedAt: z.string().max(200).nullish(),
    idempotencyKey: idText.nullish(),
  })
  .refine((input) => (input.automationVersionId === undefined) !== (input.projectId === undefined), {
    message: 'name either the automation version or the project',
    // Also when something else is wrong: whoever fixes a request wants the whole list.
    when: ({ value }) => typeof value === 'object' && value !== null && !Array.isArray(value),
  });

/**
 * What a request for a build says.
 *
 * `trigger` says what caused the request. Name the version by `automationVersionId`, or its project by `projectId`: then the
 * project's only version that may start is meant. `priority`, a whole number from -100 to 100 (default 0), says which of
 * the tenant's own builds goes first, the higher one; no tenant gets ahead of another by it. `requestId` is made up when it is missing. `lastKnownStatus` and
 * `lastKnownUpdatedAt` refuse the request when the version has moved on. With an `idempotencyKey`, the same request
 * sent again gets the first answer and changes nothing.
 */
export type RequestBuildInput = z.input<typeof inputSchema>;

/** What the deps adds: ids made once, outside of every retry, a hash, and what the database takes for an id. */
export interface RequestInputDeps {
  readonly newId: () => string;
  readonly hash: (text: string) => string;
  readonly isHostId: CommandRules['isHostId'];
}

/** The operation that idempotency keys of requests belong to. Stored for ever. */
const OPERATION = 'request_build';

/** Reads a request; whatever is wrong with it is listed at once. */
export function readRequest(
  input: RequestBuildInput,
  { newId, hash, isHostId }: RequestInputDeps,
): Result<RequestBuildCommand, RequestBuildError> {
  const parsed = inputSchema.safeParse(input);
  if (!parsed.success) {
    return err(invalidInput(findingsOf(parsed.error)));
  }
  const { userId, assigneeId: given } = parsed.data;
  const misfits = misfitIds({ userId, assigneeId: given }, isHostId);
  if (misfits.length > 0) return err(invalidInput(misfits));
  const { tenantId, automationVersionId, projectId, trigger, lastKnownStatus, lastKnownUpdatedAt, ...rest } =
    parsed.data;
  const target = projectId === undefined ? { automationVersionId: automationVersionId ?? '' } : { projectId };
  const hints = { lastKnownStatus: lastKnownStatus ?? null, lastKnownUpdatedAt: lastKnownUpdatedAt ?? null };
  const assigneeId = rest.assigneeId ?? null;
  const { priority } = rest;
  return ok({
    tenantId,
    trigger,
    target,
    ...hints,
    userId: rest.userId ?? null,
    assigneeId,
    priority,
    requestId: rest.requestId ?? newId(),
    idempotency: rest.idempotencyKey
      ? {
          operation: OPERATION,
          key: rest.idempotencyKey,
          // Without one it hashes as it did before there were priorities, so that keys of that time still answer.
          bodyHash: hash(JSON.stringify([target, hints, assigneeId, ...(priority === 0 ? [] : [priority])])),
        }
      : null,
    decisionId: newId(),
    newBindingId: newId(),
  });
}
