import type { Tables } from '../mapping/tables.js';
import { EVERYONE, scopeOf } from './circuit-breaker-scope.js';

const closed = (tables: Tables, scope: string) =>
  `select true from ${tables.gates} g where g.scope = ${scope} and g.closed_at is not null`;

/**
 * The key of a closed gate that may be tried now, locked. One that a claim of the same moment has locked is that claim's
 * to try; one that was opened, or tried, since the statement began is not there.
 */
const reached = (tables: Tables, scope: string) => `
  select g.scope from ${tables.gates} g
   where g.scope = ${scope} and g.closed_at is not null and g.next_probe_at <= now() for update skip locked`;

/** Everyone's gate as the CTE `gate_of_all`: a row if it is closed and may be tried. Nothing is looked at while `wanted` is empty. */
export const gateOfAll = (tables: Tables, wanted: string): string => `
gate_of_all as materialized (
  select g.scope from (select from ${wanted} limit 1) wanted cross join lateral (${reached(tables, EVERYONE)}) g
)`;

/** The gates of `tenants (tenant_id)` as the CTE `gate_of_tenant`: those that are closed and may be tried. */
export const gatesOfTenants = (tables: Tables, tenants: string): string => `
gate_of_tenant as materialized (
  select tenant.tenant_id, g.scope
    from (select distinct tenant_id from ${tenants}) tenant cross join lateral (${reached(tables, scopeOf('tenant.tenant_id'))}) g
)`;

/** Room for builds of everyone: null where the gate is open, one where it may be tried, and none else. */
export const roomAtGateOfAll = (tables: Tables): string =>
  `case when (${closed(tables, EVERYONE)}) then (select count(*) from gate_of_all)::int end`;

/** The same for builds of one tenant. */
export const roomAtGateOf = (tables: Tables, tenant: string): string =>
  `case when (${closed(tables, scopeOf(tenant))}) then (select count(*) from gate_of_tenant g where g.tenant_id = ${tenant})::int end`;

/** Whether the tenant's gate may let a build through. A look without a lock: what it finds is asked again. */
export const mayPassGate = (tables: Tables, tenant: string): string =>
  `(${closed(tables, scopeOf(tenant))} and g.next_probe_at > now()) is null`;

/**
 * Where a build was let through, the next one waits until its lease would have ended: so there is no second probe while it
 * is under way, and one whose process died is followed. Its report brings the time forward. `claimed (tenant_id)` are
 * the builds that were claimed.
 */
export const countProbes = (tables: Tables, claimed: string, leaseMs: string): string => `
probed as (
  update ${tables.gates} g set next_probe_at = now() + ${leaseMs} * interval '1 millisecond'
    from (
      select scope from gate_of_all where (select true from ${claimed} limit 1)
      union all
      select scope from gate_of_tenant t where (select true from ${claimed} c where c.tenant_id = t.tenant_id limit 1)
    ) tried
   where g.scope = tried.scope
)`;
