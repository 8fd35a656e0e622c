/**
 * The advisory lock id of an idempotency key. An open transaction that uses the key holds the lock, so that others notice
 * it without waiting at the unique index, which would block their whole batch.
 */
export const keyLock = (tenantId: string, operation: string, key: string): string =>
  `pg_catalog.hashtextextended(pg_catalog.jsonb_build_array('wrk-builds idempotency key', ${tenantId}, ${operation}, ${key})::text, 0)`;
