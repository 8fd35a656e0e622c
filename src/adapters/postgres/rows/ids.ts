/** Whether Postgres accepts a value as a uuid. Checked beforehand, since one bad id would fail the whole batch. */
export function isUuid(value: unknown): value is string {
  return (
    typeof value === 'string' && /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(value)
  );
}

/** Whether Postgres accepts a value as an id of the host. Text columns accept neither NUL nor lone surrogates. */
export function isId(type: 'uuid' | 'text', value: unknown): value is string {
  if (type === 'uuid') return isUuid(value);
  return typeof value === 'string' && value !== '' && !/\0|\p{Surrogate}/u.test(value);
}
