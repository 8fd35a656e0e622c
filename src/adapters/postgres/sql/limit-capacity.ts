import type { Tables } from '../mapping/tables.js';
import {
  breakerOfAll,
  breakersOfTenants,
  capacityAtBreakerOf,
  capacityAtBreakerOfAll,
  mayPassBreaker,
} from './circuit-breaker-capacity.js';
import { scopeOf } from './circuit-breaker-scope.js';

/** The parameters of `ClaimLimits`, each as SQL; null means no limit. */
export interface LimitParameters {
  readonly allHeld: string;
  readonly tenantHeld: string;
  readonly allRate: string;
  readonly tenantRate: string;
}

/** The four parameters from `$first` on, in the order of `limitValues`. */
export const limitParameters = (first: number): LimitParameters => ({
  allHeld: `$${first}::int`,
  tenantHeld: `$${first + 1}::int`,
  allRate: `$${first + 2}::float8`,
  tenantRate: `$${first + 3}::float8`,
});

/** The capacity of a claim, as parts of `roundRobinSteps`. */
export interface CapacitySteps {
  /** The CTE `capacity_of_all`: at most one row, null for no limit. `wanted` is a relation that has a row if anything is wanted. */
  readonly ofAll: (wanted: string) => string;
  /** Whether the tenant may have capacity for one more build, as a condition. Reads without a lock. */
  readonly mayClaim: (tenant: string) => string;
  /** The CTE `capacity_of_tenant` of `tenants (tenant_id)`, null for no limit. */
  readonly ofTenants: (tenants: string) => string;
}

/** No limits. */
export const unlimited: CapacitySteps = {
  ofAll: () => 'capacity_of_all as materialized (select null::int as capacity)',
  mayClaim: () => 'true',
  ofTenants: (tenants) =>
    `capacity_of_tenant as materialized (select distinct tenant_id, null::int as capacity from ${tenants})`,
};

/** The capacity that a claim of builds takes: buckets and circuit breakers stay locked until it has counted what it took. */
export const lockedCapacity = (tables: Tables, limits: LimitParameters): CapacitySteps => ({
  ofAll: (wanted) => capacityOfAll(tables, limits, wanted),
  mayClaim: (tenant) => mayClaim(tables, limits, tenant),
  ofTenants: (tenants) => capacityOfTenants(tables, limits, tenants),
});

/** Counts leased builds; `b` is the binding. */
export const held = (tables: Tables, of = '') =>
  `(select pg_catalog.count(*) from ${tables.bindings} b where b.status = 'pending' and b.lease_until > pg_catalog.now() ${of})`;

/** The current tokens of the bucket `l`. A claim that waited for it may have an older `now()` than its last refill. */
export const tokensNow = (rate: string) =>
  `least(greatest(1, ${rate}), l.tokens + ${rate} * greatest(0, extract(epoch from pg_catalog.now() - l.refilled_at)::float8)) as tokens`;

/** The smallest of three capacities; null means no limit. A bucket that is missing or locked by another claim gives 0. */
export const capacity = (limits: {
  held: string;
  countHeld: string;
  rate: string;
  tokens: string;
  breaker: string;
}) => `least(
    case when ${limits.held} is null then null else greatest(0, ${limits.held} - ${limits.countHeld})::int end,
    case when ${limits.rate} is null then null else coalesce(${limits.tokens}, 0) end,
    ${limits.breaker})`;

/**
 * Capacity over all tenants, as the CTE `capacity_of_all`: one row, null for no limit. An open circuit breaker limits it
 * too. The statement waits for a concurrent claim, so that the rate is exact to the call; it holds no other lock yet.
 * Nothing is read while `wanted` is empty.
 */
function capacityOfAll(tables: Tables, limits: LimitParameters, wanted: string): string {
  const { allHeld, allRate } = limits;
  return `
bucket_of_all as materialized (
  select l.key, l.tokens from (select from ${wanted} limit 1) wanted cross join lateral (
    select l.key, ${tokensNow(allRate)} from ${tables.claimLimits} l where l.key = 'all' and ${allRate} is not null for update) l
), ${breakerOfAll(tables, wanted)}, capacity_of_all as materialized (
  select ${capacity({ held: allHeld, countHeld: held(tables), rate: allRate, tokens: '(select pg_catalog.floor(tokens)::int from bucket_of_all)', breaker: capacityAtBreakerOfAll(tables) })} as capacity
    from (select from ${wanted} limit 1) wanted
)`;
}

/** Whether the tenant may have capacity for one more build. Reads without a lock, so the result is checked again later. */
function mayClaim(tables: Tables, { tenantHeld, tenantRate }: LimitParameters, tenant: string): string {
  return `case when ${tenantHeld} is null then true else ${held(tables, `and b.tenant_id = ${tenant}`)} < ${tenantHeld} end
        and case when ${tenantRate} is null then true else coalesce((
          select l.tokens >= 1 from (
            select ${tokensNow(tenantRate)} from ${tables.claimLimits} l where l.key = ${scopeOf(tenant)}) l), true) end
        and ${mayPassBreaker(tables, tenant)}`;
}

/**
 * Capacity of each tenant in `tenants (tenant_id)`, as the CTE `capacity_of_tenant`. A bucket that another claim has locked
 * is skipped: two claims that each hold one bucket would otherwise deadlock.
 */
function capacityOfTenants(tables: Tables, limits: LimitParameters, tenants: string): string {
  const { tenantHeld, tenantRate } = limits;
  const countHeld = held(tables, 'and b.tenant_id = tenant.tenant_id');
  const tokens =
    '(select pg_catalog.floor(tokens)::int from bucket where bucket.tenant_id = tenant.tenant_id)';
  return `
bucket as materialized (
  select tenant.tenant_id, l.key, l.tokens from (select distinct tenant_id from ${tenants}) tenant cross join lateral (
    select l.key, ${tokensNow(tenantRate)} from ${tables.claimLimits} l
     where l.key = ${scopeOf('tenant.tenant_id')} and ${tenantRate} is not null for update skip locked) l
), ${breakersOfTenants(tables, tenants)}, capacity_of_tenant as materialized (
  select tenant.tenant_id, ${capacity({ held: tenantHeld, countHeld, rate: tenantRate, tokens, breaker: capacityAtBreakerOf(tables, 'tenant.tenant_id') })} as capacity
    from (select distinct tenant_id from ${tenants}) tenant
)`;
}

/** Takes one token from each bucket for every build in `claimed (tenant_id)`. */
export function spendTokens(tables: Tables, claimed: string): string {
  return `
spent as (
  update ${tables.claimLimits} l
     set tokens = bucket.tokens - bucket.used, refilled_at = greatest(l.refilled_at, pg_catalog.now())
    from (
      select key, tokens, (select pg_catalog.count(*) from ${claimed}) as used from bucket_of_all
      union all
      select key, tokens, (select pg_catalog.count(*) from ${claimed} c where c.tenant_id = bucket.tenant_id) from bucket
    ) bucket
   where l.key = bucket.key and bucket.used > 0
)`;
}

/**
 * Adds missing buckets, full. A claim has no capacity in a bucket that it adds itself, so the caller repeats the claim.
 * `all` is a relation that has a row if anything is wanted. Sorted, so that two claims that add the same buckets cannot
 * deadlock.
 */
export function addBuckets(
  tables: Tables,
  { allRate, tenantRate }: Pick<LimitParameters, 'allRate' | 'tenantRate'>,
  all: string,
  tenants: string,
): string {
  return `
insert into ${tables.claimLimits} (key, tokens)
select missing.key, greatest(1, missing.rate) from (
    select 'all' as key, ${allRate} as rate from ${all}
    union
    select ${scopeOf('tenant_id')}, ${tenantRate} from ${tenants}
  ) missing
 where missing.rate is not null
   and (select true from ${tables.claimLimits} l where l.key = missing.key) is null
 order by missing.key
on conflict do nothing
returning key`;
}
