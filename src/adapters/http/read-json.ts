import { err, ok, type Result } from 'neverthrow';
import { type HttpError, transportError } from './http-error.js';
import { invalidInput } from './invalid-input.js';

/** Documented bodies are at most two levels deep. */
const MAX_LEVELS = 20;

/** Keys that could be used for prototype pollution. */
const PROTOTYPE_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** `application/json` without parameters, or with the charset UTF-8. */
const JSON_AS_UTF_8 = /^application\/json\s*(?:;\s*charset\s*=\s*(?:utf-8|"utf-8")\s*)?;?$/i;

/** Refuses a body that is not declared as plain JSON in UTF-8. */
export function checkMediaType({ headers }: Request): Result<void, HttpError> {
  const encoding = headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity') {
    return err(transportError('unsupported_media_type', 'Send the body uncompressed.'));
  }
  if (JSON_AS_UTF_8.test(headers.get('content-type')?.trim() ?? '')) return ok();
  return err(
    transportError(
      'unsupported_media_type',
      'Send JSON in UTF-8 with the header “Content-Type: application/json”.',
    ),
  );
}

/** Parses untrusted JSON. The returned value is safe to traverse and to copy from. */
export function readJson(bytes: Uint8Array): Result<unknown, HttpError> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return err(invalidInput([{ path: '', message: 'is not valid JSON' }]));
  }
  const problem = problemIn(value);
  return problem === null ? ok(value) : err(invalidInput([{ path: '', message: problem }]));
}

/** Walks level by level instead of recursively, so that a body of nothing but brackets cannot exhaust the stack. */
function problemIn(value: unknown): string | null {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_LEVELS) return `is nested more than ${MAX_LEVELS} levels deep`;
    const next: unknown[] = [];
    for (const each of level) {
      if (typeof each !== 'object' || each === null) continue;
      if (!Array.isArray(each) && Object.keys(each).some((key) => PROTOTYPE_KEYS.has(key))) {
        return 'has a forbidden key: __proto__, constructor or prototype';
      }
      for (const inner of Object.values(each)) next.push(inner);
    }
    level = next;
  }
  return null;
}
