import { err, ok, type Result } from 'neverthrow';
import type { HttpError } from './http-error.js';
import { invalidInput } from './invalid-input.js';

/** Reads a query. A repeated name is refused, because it would be unclear which value counts. */
export function readQuery(search: URLSearchParams): Result<Readonly<Record<string, string>>, HttpError> {
  const names = [...search.keys()];
  const twice = [...new Set(names.filter((name, path) => names.indexOf(name) !== path))];
  if (twice.length === 0) return ok(Object.fromEntries(search));
  return err(
    invalidInput(twice.map((name) => ({ path: `query.${name}`, message: 'is given more than once' }))),
  );
}
