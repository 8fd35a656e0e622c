import { err, ok, type Result } from 'neverthrow';
import * as z from 'zod';
import type { OpsError } from '../core/ops/ops-error.js';
import type { BuildRecord } from '../core/views/build-record.js';
import type { BuildPlace } from '../ports/repository.js';
import { invalidInput } from './invalid-input.js';

/** A moment of this era to the microsecond, as records have it: databases differ in what else they take for a date. */
const moment = z.iso
  .datetime()
  .max('1970-01-01T00:00:00.000000Z'.length)
  .refine((text) => text >= '1970');

const placeSchema = z.tuple([moment, z.uuid()]);

/** The place behind a build, as text that its caller need not understand. */
export function placeAfter({ createdAt, binding }: BuildRecord): string {
  return Buffer.from(JSON.stringify([createdAt, binding.id])).toString('base64url');
}

/** Reads what `placeAfter` wrote. */
export function readPlace(text: string): Result<BuildPlace, OpsError> {
  const parsed = placeSchema.safeParse(parseJson(Buffer.from(text, 'base64url').toString()));
  if (!parsed.success) {
    return err(invalidInput([{ path: 'after', message: 'give `next` of the page before, as it is' }]));
  }
  const [createdAt, bindingId] = parsed.data;
  return ok({ createdAt, bindingId });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
