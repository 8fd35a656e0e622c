/** NUL and lone surrogates, which neither `text` nor `jsonb` accepts. */
const UNSTORABLE_CHARACTERS = /\0|\p{Surrogate}/u;

/** Whether a text survives a round trip through a database. */
export function isStorable(text: string): boolean {
  return !UNSTORABLE_CHARACTERS.test(text);
}

/**
 * Returns a deep copy of a row or document that shares nothing with the original.
 *
 * @throws TypeError for anything that would not survive a round trip through a database: `undefined`, functions, dates and
 * other class instances, `NaN` and infinities, cycles, NUL characters, lone surrogates. It names the path, not the value.
 */
export function storable<T>(value: T, name: string): T {
  check(value, name, []);
  return structuredClone(value);
}

function check(value: unknown, path: string, parents: readonly object[]): void {
  const refuse = (what: string) => new TypeError(`${path} cannot be stored: ${what}.`);
  switch (typeof value) {
    case 'boolean':
      return;
    case 'string':
      if (!isStorable(value)) throw refuse('remove NUL characters and lone surrogates from the text');
      return;
    case 'number':
      if (!Number.isFinite(value)) throw refuse('a number must be finite');
      return;
    case 'object':
      break;
    default:
      throw refuse(`JSON has no ${typeof value}; leave it out or use null`);
  }
  if (value === null) return;
  if (parents.includes(value)) throw refuse('it contains itself');
  const within = [...parents, value];
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) check(item, `${path}[${index}]`, within);
    return;
  }
  if (!isPlain(value)) throw refuse('only plain objects and arrays survive JSON');
  for (const [key, item] of Object.entries(value)) {
    check(key, `a key of ${path}`, within);
    check(item, `${path}.${key}`, within);
  }
}

/** Also of another realm: in Jest, what `structuredClone` makes has the `Object` of Node and not that of the test. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(Object(prototype), 'isPrototypeOf');
}
