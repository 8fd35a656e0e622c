/** Whether Postgres would read it as a uuid. Asked before a statement, since one bad id would fail its whole set. */
export function isUuid(value: unknown): value is string {
  return (
    typeof value === 'string' && /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(value)
  );
}

/** Whether Postgres would read it as an id of the host. No text column takes NUL or half of a surrogate pair. */
export function isId(type: 'uuid' | 'text', value: unknown): value is string {
  if (type === 'uuid') return isUuid(value);
  return typeof value === 'string' && value !== '' && !/\0|\p{Surrogate}/u.test(value);
}
