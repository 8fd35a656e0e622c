/** The key of the global circuit breaker, as SQL. It is stored and must not change. */
export const EVERYONE = `'all'`;

/** The key of a tenant's circuit breaker, as SQL. It is stored and must not change. */
export const scopeOf = (tenant: string): string => `'tenant ' || ${tenant}::text`;
