import * as z from 'zod';

/** The options that a schema knows at a path; those of each choice where there are several. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let reached: readonly z.core.$ZodType[] = choicesOf(schema);
  for (const step of path) reached = reached.flatMap((each) => below(each, step)).flatMap(choicesOf);
  return [
    ...new Set(reached.flatMap((each) => (each instanceof z.ZodObject ? Object.keys(each.shape) : []))),
  ];
}

/** Where the nearest option of exactly this name is below a path, from there: `['retry', 'maxRetries']`; `null`: nowhere. */
export function pathToKey(
  schema: z.ZodType,
  path: readonly PropertyKey[],
  key: string,
): readonly string[] | null {
  let level = keysAt(schema, path).map((each) => [each]);
  while (level.length > 0) {
    const found = level.find((way) => way.at(-1) === key);
    if (found) return found;
    level = level.flatMap((way) => keysAt(schema, [...path, ...way]).map((each) => [...way, each]));
  }
  return null;
}

function below(schema: z.core.$ZodType, step: PropertyKey): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodArray) return [schema.element];
  if (schema instanceof z.ZodRecord) return [schema.valueType];
  const inner: z.core.$ZodType | undefined =
    schema instanceof z.ZodObject ? schema.shape[String(step)] : undefined;
  return inner === undefined ? [] : [inner];
}

/** A schema without what only says whether it may be left out, and what becomes of it. */
function choicesOf(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(choicesOf);
  if (schema instanceof z.ZodPipe) return choicesOf(schema.in);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return choicesOf(schema.unwrap());
  }
  return [schema];
}

/** The known key that a misspelt one was most likely meant to be; `null`: none is close. */
export function nearestKey(key: string, known: readonly string[]): string | null {
  const ranked = known
    .map((each) => ({ each, distance: distanceOf(key.toLowerCase(), each.toLowerCase()) }))
    .sort((left, right) => left.distance - right.distance);
  const [nearest] = ranked;
  return nearest && nearest.distance <= Math.max(2, key.length / 3) ? nearest.each : null;
}

/** Levenshtein's distance: the characters to insert, remove or replace to make one text of the other. */
export function distanceOf(from: string, to: string): number {
  // What each beginning of `to` is away from the part of `from` that has been read; the whole of it stands last.
  let distances = [...Array(to.length + 1).keys()];
  for (const letter of from) {
    let [diagonal = 0] = distances;
    let left = diagonal + 1;
    const next = [left];
    for (const [at, above] of distances.slice(1).entries()) {
      left = Math.min(above + 1, left + 1, diagonal + (letter === to[at] ? 0 : 1));
      diagonal = above;
      next.push(left);
    }
    distances = next;
  }
  return Number(distances.at(-1));
}
