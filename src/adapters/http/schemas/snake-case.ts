/** A name in snake_case: `automationVersionId` becomes `automation_version_id`. */
type SnakeCaseName<Name> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${SnakeCaseName<Rest>}`
  : Name;

/** A value with all its keys in snake_case. */
export type SnakeCased<Value> = Value extends readonly (infer Item)[]
  ? readonly SnakeCased<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value as SnakeCaseName<Key>]: SnakeCased<Value[Key]> }
    : Value;

/** Converts one name to snake_case. */
export function snakeCaseName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Converts every key of a plain value to snake_case. String values stay as they are. */
export function snakeCased<Value>(value: Value): SnakeCased<Value>;
export function snakeCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => snakeCased(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [snakeCaseName(key), snakeCased(each)]),
  );
}
