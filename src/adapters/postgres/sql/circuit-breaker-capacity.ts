import type { Tables } from '../mapping/tables.js';
import { EVERYONE, scopeOf } from './circuit-breaker-scope.js';

const open = (tables: Tables, scope: string) =>
  `select true from ${tables.circuitBreakers} g where g.scope = ${scope} and g.opened_at is not null`;

/**
 * The key of an open circuit breaker whose probe is due, locked. If a concurrent claim has locked it, the probe is that
 * claim's. One that was closed or probed since the statement began is not returned.
 */
const reached = (tables: Tables, scope: string) => `
  select g.scope from ${tables.circuitBreakers} g
   where g.scope = ${scope} and g.opened_at is not null and g.next_probe_at <= pg_catalog.now() for update skip locked`;

/** The global circuit breaker as the CTE `breaker_of_all`: a row if its probe is due. Nothing is read while `wanted` is empty. */
export const breakerOfAll = (tables: Tables, wanted: string): string => `
breaker_of_all as materialized (
  select g.scope from (select from ${wanted} limit 1) wanted cross join lateral (${reached(tables, EVERYONE)}) g
)`;

/** The circuit breakers of `tenants (tenant_id)` as the CTE `breaker_of_tenant`: those that are open and whose probe is due. */
export const breakersOfTenants = (tables: Tables, tenants: string): string => `
breaker_of_tenant as materialized (
  select tenant.tenant_id, g.scope
    from (select distinct tenant_id from ${tenants}) tenant cross join lateral (${reached(tables, scopeOf('tenant.tenant_id'))}) g
)`;

/** Capacity at the global circuit breaker: null (no limit) while it is closed, 1 if it is open and a probe is due, otherwise 0. */
export const capacityAtBreakerOfAll = (tables: Tables): string =>
  `case when (${open(tables, EVERYONE)}) then (select pg_catalog.count(*) from breaker_of_all)::int end`;

/** Capacity at the circuit breaker of one tenant, in the same way. */
export const capacityAtBreakerOf = (tables: Tables, tenant: string): string =>
  `case when (${open(tables, scopeOf(tenant))}) then (select pg_catalog.count(*) from breaker_of_tenant g where g.tenant_id = ${tenant})::int end`;

/** Whether the tenant's circuit breaker may let a build through. Reads without a lock, so the result is checked again later. */
export const mayPassBreaker = (tables: Tables, tenant: string): string =>
  `(${open(tables, scopeOf(tenant))} and g.next_probe_at > pg_catalog.now()) is null`;

/**
 * After a build passes as a probe, the next probe waits until that build's lease would expire: no second probe runs at the
 * same time, and a probe whose process died is followed by another. The probe's report sets an earlier time.
 * `claimed (tenant_id)` are the claimed builds.
 */
export const countProbes = (tables: Tables, claimed: string, leaseMs: string): string => `
probed as (
  update ${tables.circuitBreakers} g set next_probe_at = pg_catalog.now() + ${leaseMs} * interval '1 millisecond'
    from (
      select scope from breaker_of_all where (select true from ${claimed} limit 1)
      union all
      select scope from breaker_of_tenant t where (select true from ${claimed} c where c.tenant_id = t.tenant_id limit 1)
    ) tried
   where g.scope = tried.scope
)`;
