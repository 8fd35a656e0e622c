/** The key of everyone's circuit breaker, as SQL. Stored for ever. */
export const EVERYONE = `'all'`;

/** The key of a tenant's circuit breaker, as SQL. Stored for ever. */
export const scopeOf = (tenant: string): string => `'tenant ' || ${tenant}::text`;
