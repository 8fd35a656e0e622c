/** The maximum number of findings kept from one answer. */
export const MAX_FINDINGS = 50;
/** The maximum length of one finding, in characters. */
export const MAX_FINDING_LENGTH = 500;

const MAX_LEVELS = 5;
const LISTS = ['errors', 'findings', 'issues', 'violations', 'details', 'detail', 'error'] as const;
const SENTENCES = ['message', 'msg', 'detail', 'description', 'reason', 'error', 'title'] as const;
const PLACES = ['path', 'field', 'loc', 'location', 'pointer', 'instancePath', 'node_id'] as const;

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads what WRK finds wrong with a blueprint, as sentences for ops. WRK does not document the format, so the common
 * ones are read: lists of strings or of `{ path, message }`, maps of field to messages, a single message, and plain
 * text. Returns at most {@link MAX_FINDINGS}, each one line of at most {@link MAX_FINDING_LENGTH} characters.
 *
 * @param body - the text of the answer
 * @param redact - removes our secrets, in case WRK echoes what we sent
 */
export function readFindings(body: string, redact: (text: string) => string): string[] {
  const findings = new Set<string>();
  const add = (path: string, sentence: string) => {
    const line = oneLine(redact(path === '' ? sentence : `${path}: ${sentence}`), MAX_FINDING_LENGTH);
    if (line !== '' && findings.size < MAX_FINDINGS) findings.add(line);
  };
  const walk = (value: unknown, path: string, level: number): void => {
    if (level > MAX_LEVELS || findings.size >= MAX_FINDINGS) return;
    if (typeof value === 'string') {
      add(path, value);
    } else if (Array.isArray(value)) {
      for (const item of value) walk(item, path, level + 1);
    } else if (isObject(value) && !walkNamed(value, path, level)) {
      for (const [key, inner] of Object.entries(value)) {
        walk(inner, path === '' ? key : `${path}.${key}`, level + 1);
      }
    }
  };
  /** Reads the keys with a known meaning; returns whether the object had any. */
  const walkNamed = (value: JsonObject, outer: string, level: number): boolean => {
    const path = pathOf(value) ?? outer;
    const sentence = SENTENCES.map((key) => value[key]).find((text) => typeof text === 'string');
    if (typeof sentence === 'string') add(path, sentence);
    const lists = LISTS.filter((key) => typeof value[key] === 'object' && value[key] !== null);
    for (const key of lists) walk(value[key], path, level + 1);
    return sentence !== undefined || lists.length > 0;
  };

  const parsed = parseJson(body);
  if (parsed === undefined) {
    if (!body.trimStart().startsWith('<')) add('', body);
  } else if (isObject(parsed)) {
    // At the top level, an unknown key is a status or a code, not the name of a field.
    walkNamed(parsed, '', 0);
  } else {
    walk(parsed, '', 0);
  }
  return [...findings];
}

/** One line of text that every storage accepts: control characters and lone surrogates become spaces. */
export function oneLine(text: string, longest: number): string {
  return text
    .slice(0, longest)
    .replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
}

/** Parses JSON; returns `undefined`, which JSON cannot express, for invalid text. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function pathOf(value: JsonObject): string | null {
  for (const key of PLACES) {
    const path = value[key];
    if (typeof path === 'string' && path !== '') return path;
    if (Array.isArray(path) && path.length > 0) return path.slice(0, 20).map(String).join('.');
  }
  return null;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
