import { err, ok, type Result } from 'neverthrow';
import type { RequestBuildError } from '../core/build/errors.js';
import { findingsOf } from '../core/input/findings.js';
import { invalidInput } from '../core/input/invalid-input.js';
import { oneOf, options } from '../core/input/option-kinds.js';
import { prioritySchema } from '../core/input/priority.js';
import { anyText, idText } from '../core/input/text.js';
import { REQUEST_TRIGGERS, type RequestBuildCommand } from '../core/request/request-build.js';
import { type CommandRules, misfitIds } from './host-ids.js';
import type { PreviewInput, RequestBuildInput } from './request-build-input.js';

interface Target {
  readonly automationVersionId?: unknown;
  readonly projectId?: unknown;
}

const isOneNamed = ({ automationVersionId, projectId }: Target) =>
  (automationVersionId === undefined) !== (projectId === undefined);

const ONE_NAMED = {
  message: 'give either automationVersionId or projectId',
  params: { wrong: 'names both or neither' },
  // Also when something else is wrong: whoever fixes a request wants the whole list.
  when: ({ value }: { readonly value: unknown }) =>
    typeof value === 'object' && value !== null && !Array.isArray(value),
};

const preview = {
  tenantId: idText,
  automationVersionId: idText.optional(),
  projectId: idText.optional(),
};

/** The schema of `RequestBuildInput`. */
export const requestSchema = options({
  ...preview,
  trigger: oneOf(...REQUEST_TRIGGERS),
  userId: idText.nullish(),
  assigneeId: idText.nullish(),
  requestId: idText.optional(),
  priority: prioritySchema.default(0),
  lastKnownStatus: anyText(200).nullish(),
  lastKnownUpdatedAt: anyText(200).nullish(),
  lastKnownRowVersion: anyText(200).nullish(),
  idempotencyKey: idText.nullish(),
}).refine(isOneNamed, ONE_NAMED);

/** The schema of `PreviewInput`. */
export const previewSchema = options(preview).refine(isOneNamed, ONE_NAMED);

/** What is added to a request here: ids made once, outside of every retry, a hash, and what the database takes for an id. */
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
  const parsed = requestSchema.safeParse(input);
  if (!parsed.success) {
    return err(invalidInput(findingsOf(parsed.error, requestSchema, input)));
  }
  const { userId, assigneeId: given } = parsed.data;
  const misfits = misfitIds({ userId, assigneeId: given }, isHostId);
  if (misfits.length > 0) return err(invalidInput(misfits));
  const { tenantId, automationVersionId, projectId, trigger, ...rest } = parsed.data;
  const target = projectId === undefined ? { automationVersionId: automationVersionId ?? '' } : { projectId };
  const hints = {
    lastKnownStatus: rest.lastKnownStatus ?? null,
    lastKnownUpdatedAt: rest.lastKnownUpdatedAt ?? null,
    lastKnownRowVersion: rest.lastKnownRowVersion ?? null,
  };
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
          bodyHash: hash(JSON.stringify([target, hints, assigneeId, priority])),
        }
      : null,
    decisionId: newId(),
    newBindingId: newId(),
  });
}

/** Reads which request to preview, as the request of somebody of the ops team. */
export function readPreview(
  input: PreviewInput,
  deps: RequestInputDeps,
): Result<RequestBuildCommand, RequestBuildError> {
  const parsed = previewSchema.safeParse(input);
  if (!parsed.success) return err(invalidInput(findingsOf(parsed.error, previewSchema, input)));
  return readRequest({ ...input, trigger: 'admin_request_build' }, deps);
}
