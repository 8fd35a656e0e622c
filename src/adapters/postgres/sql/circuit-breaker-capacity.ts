import type { Tables } from '../mapping/tables.js';
import { EVERYONE, scopeOf } from './circuit-breaker-scope.js';

const open = (tables: Tables, scope: string) =>
  `select true from ${tables.circuitBreakers} g where g.scope = ${scope} and g.opened_at is not null`;

/**
 * The key of an open circuit breaker that may be tried now, locked. One that a claim of the same moment has locked is that claim's
 * to try; one that was closed, or tried, since the statement began is not there.
 */
const reached = (tables: Tables, scope: string) => `
  select g.scope from ${tables.circuitBreakers} g
   where g.scope = ${scope} and g.opened_at is not null and g.next_probe_at <= now() for update skip locked`;

/** Everyone's circuit breaker as the CTE `breaker_of_all`: a row if it is open and may be tried. Nothing is looked at while `wanted` is empty. */
export const breakerOfAll = (tables: Tables, wanted: string): string => `
breaker_of_all as materialized (
  select g.scope from (select from ${wanted} limit 1) wanted cross join lateral (${reached(tables, EVERYONE)}) g
)`;

/** The circuit circuitBreakers of `tenants (tenant_id)` as the CTE `breaker_of_tenant`: those that are open and may be tried. */
export const breakersOfTenants = (tables: Tables, tenants: string): string => `
breaker_of_tenant as materialized (
  select tenant.tenant_id, g.scope
    from (select distinct tenant_id from ${tenants}) tenant cross join lateral (${reached(tables, scopeOf('tenant.tenant_id'))}) g
)`;

/** Capacity for builds of everyone: null where the circuit breaker is closed, one where it may be tried, and none else. */
export const capacityAtBreakerOfAll = (tables: Tables): string =>
  `case when (${open(tables, EVERYONE)}) then (select count(*) from breaker_of_all)::int end`;

/** The same for builds of one tenant. */
export const capacityAtBreakerOf = (tables: Tables, tenant: string): string =>
  `case when (${open(tables, scopeOf(tenant))}) then (select count(*) from breaker_of_tenant g where g.tenant_id = ${tenant})::int end`;

/** Whether the tenant's circuit breaker may let a build through. A look without a lock: what it finds is asked again. */
export const mayPassBreaker = (tables: Tables, tenant: string): string =>
  `(${open(tables, scopeOf(tenant))} and g.next_probe_at > now()) is null`;

/**
 * Where a build was let through, the next one waits until its lease would have ended: so there is no second probe while it
 * is under way, and one whose process died is followed. Its report brings the time forward. `claimed (tenant_id)` are
 * the builds that were claimed.
 */
export const countProbes = (tables: Tables, claimed: string, leaseMs: string): string => `
probed as (
  update ${tables.circuitBreakers} g set next_probe_at = now() + ${leaseMs} * interval '1 millisecond'
    from (
      select scope from breaker_of_all where (select true from ${claimed} limit 1)
      union all
      select scope from breaker_of_tenant t where (select true from ${claimed} c where c.tenant_id = t.tenant_id limit 1)
    ) tried
   where g.scope = tried.scope
)`;
