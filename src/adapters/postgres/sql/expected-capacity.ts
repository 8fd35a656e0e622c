import type { Tables } from '../mapping/tables.js';
import { EVERYONE, scopeOf } from './circuit-breaker-scope.js';
import { type CapacitySteps, capacity, held, type LimitParameters, tokensNow } from './limit-capacity.js';

/** What a queue has promised already and no claim has taken yet, as SQL; see `expectedCapacity`. */
export interface Promised {
  readonly ofAll: string;
  readonly ofTenant: (tenant: string) => string;
}

const NOTHING: Promised = { ofAll: '0', ofTenant: () => '0' };

/**
 * The capacity that a claim of builds would find now, as `lockedCapacity` counts it, less what is `promised`. For whoever
 * picks messages before their builds are claimed: it locks nothing, since it takes no token and no probe, and a bucket that
 * no claim has added yet is full.
 */
export function expectedCapacity(
  tables: Tables,
  limits: LimitParameters,
  promised: Promised = NOTHING,
): CapacitySteps {
  const left = (scope: string, heldMax: string, rate: string, countHeld: string, taken: string) => {
    const most = capacity({
      held: heldMax,
      countHeld,
      rate,
      tokens: `coalesce((select pg_catalog.floor(l.tokens)::int from (
        select ${tokensNow(rate)} from ${tables.claimLimits} l where l.key = ${scope}) l), pg_catalog.floor(greatest(1, ${rate}))::int)`,
      breaker: `(select (g.next_probe_at <= pg_catalog.now())::int from ${tables.circuitBreakers} g where g.scope = ${scope} and g.opened_at is not null)`,
    });
    return `(${most} - ${taken})::int`;
  };
  const ofAll = left(EVERYONE, limits.allHeld, limits.allRate, held(tables), promised.ofAll);
  const ofTenant = (tenant: string) =>
    left(
      scopeOf(tenant),
      limits.tenantHeld,
      limits.tenantRate,
      held(tables, `and b.tenant_id = ${tenant}`),
      promised.ofTenant(tenant),
    );
  return {
    // More may be promised than there is capacity for: a build may have been claimed past the queue.
    ofAll: (wanted) => `
capacity_of_all as materialized (
  select case when expected.capacity < 0 then 0 else expected.capacity end as capacity
    from (select ${ofAll} as capacity from (select from ${wanted} limit 1) wanted offset 0) expected
)`,
    mayClaim: (tenant) => `coalesce(${ofTenant(tenant)} > 0, true)`,
    ofTenants: (tenants) => `
capacity_of_tenant as materialized (
  select tenant.tenant_id, ${ofTenant('tenant.tenant_id')} as capacity
    from (select distinct tenant_id from ${tenants}) tenant
)`,
  };
}
