/** A name as HTTP spells it: `automationVersionId` is `automation_version_id`. */
type SnakeCaseName<Name> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${SnakeCaseName<Rest>}`
  : Name;

/** A value with every key of it spelled as HTTP does. */
export type SnakeCased<Value> = Value extends readonly (infer Item)[]
  ? readonly SnakeCased<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value as SnakeCaseName<Key>]: SnakeCased<Value[Key]> }
    : Value;

/** Spells one name as HTTP does. */
export function snakeCaseName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Spells every key of a plain value as HTTP does; what the keys hold stays as it is. */
export function snakeCased<Value>(value: Value): SnakeCased<Value>;
export function snakeCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => snakeCased(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [snakeCaseName(key), snakeCased(each)]),
  );
}
