import type { Statement } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import type { BuildRow } from './build-facts.js';
import { countProbes } from './circuit-breaker-capacity.js';
import { claimable, claimSteps } from './claim-builds.js';
import {
  addBuckets,
  capacityOfAll,
  capacityOfTenants,
  limitParameters,
  spendTokens,
} from './limit-capacity.js';

/** A claimed build, or one that is claimable but over a limit. */
export interface ClaimedRow extends BuildRow {
  readonly over_limit: boolean;
}

const asked = ({ idType }: Tables) => `asked as materialized (
  select * from jsonb_to_recordset($1::text::jsonb) as asked (n int, tenant_id ${idType}, binding_id uuid)
)`;

/** Claims builds by ids, for queues outside this database; of each tenant only as many as its limits allow. */
export function claim(tables: Tables): Statement {
  const limits = limitParameters(3);
  const text = `
with ${asked(tables)}, eligible as materialized (
  select min(asked.n) as n, b.id as binding_id, b.tenant_id
    from asked cross join lateral (
      select b.id, b.tenant_id from ${tables.bindings} b
       where b.id = asked.binding_id and b.tenant_id = asked.tenant_id and ${claimable}) b
   group by b.id, b.tenant_id
), ${capacityOfAll(tables, limits, 'eligible')}, ${capacityOfTenants(tables, limits, 'eligible')}, position as (
  select eligible.*, row_number() over (partition by tenant_id order by n) as position from eligible
), with_capacity as (
  select position.*, row_number() over (order by position.position, n) as rank
    from position join capacity_of_tenant capacity on capacity.tenant_id = position.tenant_id
   where position.position <= coalesce(capacity.capacity, position.position)
), wanted as materialized (
  select n, tenant_id, binding_id from with_capacity where rank <= coalesce((select capacity from capacity_of_all), rank)
), ${claimSteps(tables, 'wanted', '$2::int')}, ${spendTokens(tables, 'held')}, ${countProbes(tables, 'held', '$2::int')}
select wanted.n, claimed_facts.facts, claimed_facts.blueprint_json, false as over_limit
  from claimed_facts join wanted on wanted.binding_id = claimed_facts.binding_id
union all
select n, null, null, true from eligible where n not in (select n from wanted)`;
  return { name: 'wrk_builds_claim', text };
}

/** Adds the buckets that are missing for a claim of these builds. */
export function addMissingBuckets(tables: Tables): Statement {
  const limits = { allRate: '$2::float8', tenantRate: '$3::float8' };
  const added = addBuckets(tables, limits, '(select from asked limit 1) wanted', 'asked');
  return { name: 'wrk_builds_add_buckets', text: `with ${asked(tables)}${added}` };
}
