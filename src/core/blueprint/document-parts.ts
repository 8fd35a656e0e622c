import type { BlueprintFinding } from '../build/errors.js';

/** A JSON object whose keys nobody has looked at yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** An object in one of the document's lists, with the path that leads to it. */
export interface Part {
  readonly path: string;
  readonly value: JsonObject;
}

/** Narrows to a JSON object; lists and `null` are none. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The list at a path. `null` reads as left out, which is an empty list; anything else that is no list is a finding. */
export function listAt(value: unknown, path: string, findings: BlueprintFinding[]): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value !== undefined && value !== null) findings.push({ path, message: 'This must be a list.' });
  return [];
}

/** The objects of one of the document's own lists; an entry that is no object is a finding. */
export function partsAt(document: JsonObject, key: string, findings: BlueprintFinding[]): readonly Part[] {
  const parts: Part[] = [];
  for (const [index, value] of listAt(document[key], key, findings).entries()) {
    const path = `${key}[${index}]`;
    if (isJsonObject(value)) parts.push({ path, value });
    else findings.push({ path, message: 'This must be an object: correct or remove it.' });
  }
  return parts;
}

/**
 * The parts by id, each id under the first part that has it. An id is text that is not blank; one that is
 * something else or taken is a finding. With `required: false` a part may go without (`null` reads as left out).
 */
export function partsById(
  parts: readonly Part[],
  options: { readonly required: boolean },
  findings: BlueprintFinding[],
): ReadonlyMap<string, Part> {
  const byId = new Map<string, Part>();
  for (const part of parts) {
    const id = part.value.id ?? undefined;
    if (id === undefined && !options.required) continue;

    const path = `${part.path}.id`;
    if (typeof id !== 'string' || id.trim() === '') {
      findings.push({ path, message: 'Add an id that is a non-blank string.' });
      continue;
    }
    const first = byId.get(id);
    if (first === undefined) byId.set(id, part);
    else findings.push({ path, message: `Use a unique id: ${first.path} has the same one.` });
  }
  return byId;
}

// A system's name becomes the title of a task; Postgres text holds neither U+0000 nor half a surrogate pair.
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/** The distinct system names in a list on each part, trimmed, in order of first appearance. */
export function systemsOf(
  parts: readonly Part[],
  key: string,
  findings: BlueprintFinding[],
): readonly string[] {
  const systems = new Set<string>();
  for (const part of parts) {
    for (const [index, value] of listAt(part.value[key], `${part.path}.${key}`, findings).entries()) {
      const path = `${part.path}.${key}[${index}]`;
      const name = typeof value === 'string' ? value.trim() : '';
      if (name === '') {
        findings.push({ path, message: 'Set this to the name of a system, or remove the entry.' });
      } else if (UNPRINTABLE.test(name)) {
        findings.push({
          path,
          message: 'Remove line breaks and control characters from the name of the system.',
        });
      } else {
        systems.add(name);
      }
    }
  }
  return [...systems];
}
