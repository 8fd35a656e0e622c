/**
 * What stands for an idempotency key among the locks of the server. A key that an open transaction has used is held
 * there, so that others can tell without waiting at the unique index, with everybody in their set.
 */
export const keyLock = (tenantId: string, operation: string, key: string): string =>
  `hashtextextended(jsonb_build_array('wrk-builds idempotency key', ${tenantId}, ${operation}, ${key})::text, 0)`;
