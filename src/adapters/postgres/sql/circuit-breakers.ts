import type { Statement } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { EVERYONE, scopeOf } from './circuit-breaker-scope.js';

const milliseconds = (interval: string) =>
  `greatest(0, pg_catalog.floor(extract(epoch from ${interval}) * 1000))::float8`;

/**
 * A circuit breaker `g`, as `CircuitBreakerFacts`. `moreOfOpen` contains further key-value pairs of an open one, `more`
 * further ones of each.
 */
const breakerJson = ({ moreOfOpen = '', more = '' } = {}) => `pg_catalog.json_build_object(
    'tenantId', g.tenant_id, 'version', g.version, 'failures', g.failures,
    'open', case when g.opened_at is not null then pg_catalog.json_build_object(
      'reason', g.reason, 'probes', g.probes, 'openForMs', ${milliseconds('pg_catalog.now() - g.opened_at')},
      'nextProbeInMs', ${milliseconds('g.next_probe_at - pg_catalog.now()')}${moreOfOpen}) end${more})`;

/** What `CircuitBreakerRecord` has besides. */
const ONLY_STORED = `,
    'failuresOfAny', g.failures_of_any, 'failingTenantIds', g.failing_tenant_ids,
    'told', case when g.told_at is not null then pg_catalog.json_build_object(
      'reason', g.told_reason, 'msAgo', ${milliseconds('pg_catalog.now() - g.told_at')}) end`;

/** The circuit breakers with failures that apply to the binding `b`, each looked up by its key. */
export const breakersJson = ({ circuitBreakers }: Tables): string =>
  `(select coalesce(pg_catalog.json_agg(${breakerJson()} order by g.scope), '[]') from ${circuitBreakers} g
      where g.scope in (${EVERYONE}, ${scopeOf('b.tenant_id')}) and g.failures > 0)`;

/** One circuit breaker as JSON text. */
export interface CircuitBreakerRow {
  readonly breaker: string;
}

/** The statements about circuit breakers. */
export interface CircuitBreakerStatements {
  readonly load: Statement;
  readonly loadOpen: Statement;
  readonly save: Statement;
}

export function circuitBreakerStatements({ circuitBreakers, idType }: Tables): CircuitBreakerStatements {
  return {
    load: {
      name: 'wrk_builds_load_circuit_breakers',
      text: `
select breaker.json::text as breaker
  from (select ${EVERYONE} as scope union select ${scopeOf('id')} from pg_catalog.jsonb_array_elements_text($1::text::jsonb) as tenant (id)) asked
 cross join lateral (select g.scope, ${breakerJson({ more: ONLY_STORED })} as json from ${circuitBreakers} g where g.scope = asked.scope) breaker
 order by breaker.scope`,
    },
    loadOpen: {
      name: 'wrk_builds_load_open_circuit_breakers',
      text: `
select ${breakerJson({ moreOfOpen: `, 'detail', g.detail` })}::text as breaker from ${circuitBreakers} g
 where g.opened_at is not null order by g.tenant_id is not null, g.opened_at, g.scope limit $1::int`,
    },
    // Waits for another transaction that holds the row. After that the version has changed or the row is gone, and nothing
    // is written.
    save: {
      name: 'wrk_builds_save_circuit_breaker',
      text: `
with change as materialized (
  select coalesce(${scopeOf('c."tenantId"')}, ${EVERYONE}) as scope, c.*
    from pg_catalog.jsonb_to_record($1::text::jsonb) as c (
      "tenantId" ${idType}, version uuid, "nextVersion" uuid,
      failures int, "failuresOfAny" int, "failingTenantIds" jsonb, tells text,
      reason text, detail text, probes int, "nextProbeInMs" float8)
), removed as (
  delete from ${circuitBreakers} g using change c
   where c."nextVersion" is null and g.scope = c.scope and g.version = c.version
  returning true
), updated as (
  update ${circuitBreakers} g
     set version = c."nextVersion", failures = c.failures, failures_of_any = c."failuresOfAny",
         failing_tenant_ids = c."failingTenantIds", told_reason = coalesce(c.tells, g.told_reason),
         told_at = case when c.tells is null then g.told_at else pg_catalog.now() end, reason = c.reason, detail = coalesce(c.detail, g.detail),
         probes = coalesce(c.probes, 0), updated_at = pg_catalog.now(),
         opened_at = case when c.reason is not null then coalesce(g.opened_at, pg_catalog.now()) end,
         next_probe_at = pg_catalog.now() + c."nextProbeInMs" * interval '1 millisecond'
    from change c where c."nextVersion" is not null and g.scope = c.scope and g.version = c.version
  returning true
), added as (
  insert into ${circuitBreakers} (scope, tenant_id, version, failures, failures_of_any, failing_tenant_ids,
    told_reason, told_at, reason, detail, probes, opened_at, next_probe_at)
  select scope, "tenantId", "nextVersion", failures, "failuresOfAny", "failingTenantIds",
         tells, case when tells is not null then pg_catalog.now() end, reason, detail, coalesce(probes, 0),
         case when reason is not null then pg_catalog.now() end, pg_catalog.now() + "nextProbeInMs" * interval '1 millisecond'
    from change where version is null and "nextVersion" is not null
  on conflict do nothing
  returning true
)
select true as written from removed union all select true from updated union all select true from added`,
    },
  };
}
