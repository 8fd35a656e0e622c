import { err, ok, type Result } from 'neverthrow';
import * as z from 'zod';
import { invalidInput } from '../core/input/invalid-input.js';
import type { OpsError } from '../core/ops/ops-error.js';
import type { BuildRecord } from '../core/views/build-record.js';
import type { BuildCursor, CallCursor } from '../ports/build-views.js';

/** A moment of this era to the microsecond, as records have it: databases differ in what else they take for a date. */
const moment = z.iso
  .datetime()
  .max('1970-01-01T00:00:00.000000Z'.length)
  .refine((text) => text >= '1970');

const cursorSchema = z.tuple([moment, z.uuid()]);

/** The cursor behind a build, as text that its caller need not understand. */
export function encodeCursor({ createdAt, binding }: BuildRecord): string {
  return Buffer.from(JSON.stringify([createdAt, binding.id])).toString('base64url');
}

/** Reads what `encodeCursor` wrote. */
export function decodeCursor(text: string): Result<BuildCursor, OpsError> {
  return decode(text, cursorSchema, 'cursor').map(([createdAt, bindingId]) => ({ createdAt, bindingId }));
}

const callCursorSchema = z.tuple([z.int32().min(0), z.int32().min(0)]);

/** The cursor behind a call. */
export function encodeCallCursor({ run, number }: CallCursor): string {
  return Buffer.from(JSON.stringify([run, number])).toString('base64url');
}

/** Reads what `encodeCallCursor` wrote. */
export function decodeCallCursor(text: string): Result<CallCursor, OpsError> {
  return decode(text, callCursorSchema, 'callsCursor').map(([run, number]) => ({ run, number }));
}

function decode<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
  path: string,
): Result<z.output<Schema>, OpsError> {
  const parsed = schema.safeParse(parseJson(Buffer.from(text, 'base64url').toString()));
  if (parsed.success) return ok(parsed.data);
  const message = 'cannot be used: give the cursor of the page before, unchanged';
  return err(invalidInput([{ path, message }]));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
