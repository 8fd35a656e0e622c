import type { Statement } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import type { BuildRow } from './build-facts.js';
import { countProbes } from './circuit-breaker-capacity.js';
import { claimable, claimSteps } from './claim-builds.js';
import { addBuckets, limitParameters, roomOfAll, roomOfTenants, spendTokens } from './limit-capacity.js';

/** A build that was claimed, or one that has to wait for room. */
export interface ClaimedRow extends BuildRow {
  readonly over_limit: boolean;
}

const asked = ({ idType }: Tables) => `asked as materialized (
  select * from jsonb_to_recordset($1::text::jsonb) as asked (n int, tenant_id ${idType}, binding_id uuid)
)`;

/** Claims builds by ids, for queues that are not in this database; of each tenant as many as its limits leave room for. */
export function claim(tables: Tables): Statement {
  const limits = limitParameters(3);
  const text = `
with ${asked(tables)}, to_be_had as materialized (
  select min(asked.n) as n, b.id as binding_id, b.tenant_id
    from asked cross join lateral (
      select b.id, b.tenant_id from ${tables.bindings} b
       where b.id = asked.binding_id and b.tenant_id = asked.tenant_id and ${claimable}) b
   group by b.id, b.tenant_id
), ${roomOfAll(tables, limits, 'to_be_had')}, ${roomOfTenants(tables, limits, 'to_be_had')}, turn as (
  select to_be_had.*, row_number() over (partition by tenant_id order by n) as turn from to_be_had
), with_room as (
  select turn.*, row_number() over (order by turn.turn, n) as place
    from turn join room_of_tenant room on room.tenant_id = turn.tenant_id
   where turn.turn <= coalesce(room.room, turn.turn)
), wanted as materialized (
  select n, tenant_id, binding_id from with_room where place <= coalesce((select room from room_of_all), place)
), ${claimSteps(tables, 'wanted', '$2::int')}, ${spendTokens(tables, 'held')}, ${countProbes(tables, 'held', '$2::int')}
select wanted.n, claimed.facts, claimed.blueprint_json, false as over_limit
  from claimed join wanted on wanted.binding_id = claimed.binding_id
union all
select n, null, null, true from to_be_had where n not in (select n from wanted)`;
  return { name: 'wrk_builds_claim', text };
}

/** Adds the buckets that a claim of these builds would miss. */
export function addMissingBuckets(tables: Tables): Statement {
  const limits = { allRate: '$2::float8', tenantRate: '$3::float8' };
  const added = addBuckets(tables, limits, '(select from asked limit 1) wanted', 'asked');
  return { name: 'wrk_builds_add_buckets', text: `with ${asked(tables)}${added}` };
}
