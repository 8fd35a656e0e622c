import type { ChangedBuild } from '../../../core/views/build-change.js';
import type { BuildRecord } from '../../../core/views/build-record.js';
import type { RefusedOutcomes } from '../../../core/views/health.js';
import type { BuildQuery, BuildViews, ChangeQuery } from '../../../ports/build-views.js';
import type { PostgresDatabase, Statement, Value } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { isId, isUuid } from '../rows/rows.js';
import { buildJoins } from '../sql/build-facts.js';
import { breakersJson } from '../sql/circuit-breakers.js';
import { bindingJson, timeText } from '../sql/facts.js';

/** What people see of builds. An id that cannot be one finds nothing. */
export function postgresBuildViews(database: PostgresDatabase, tables: Tables): BuildViews {
  const find = findBuilds(tables);
  const findChanged = findChangedBuilds(tables);
  const count = countHeld(tables);
  const refusals = countRefused(tables);
  return {
    findBuilds: async (query) => {
      const { tenantId, bindingId, automationVersionId, assigneeId, cursor } = query;
      const hostIds = [tenantId, automationVersionId, assigneeId].filter((each) => each !== undefined);
      const ownIds = [bindingId, cursor?.bindingId].filter((each) => each !== undefined);
      if (!hostIds.every((each) => isId(tables.idType, each)) || !ownIds.every(isUuid)) return [];
      const rows = await database.query<{ record: string }>(find, findBuildsValues(query));
      return rows.map(({ record }): BuildRecord => JSON.parse(record));
    },
    findChangedBuilds: async (query) => {
      const tenantIds = query.tenantIds.filter((each) => isId(tables.idType, each));
      const values = findChangedBuildsValues(tenantIds, query);
      const [found] = await database.query<ChangedRow>(findChanged, values);
      if (found === undefined) throw new Error('The database did not say when it looked for changed builds.');
      const builds: readonly ChangedBuild[] = JSON.parse(found.builds);
      return { now: found.now, from: found.from, builds };
    },
    countHeld: async () => {
      const [held] = await database.query<{ count: number }>(count, []);
      return held?.count ?? 0;
    },
    countRefused: async () => {
      const [refused] = await database.query<RefusedOutcomes>(refusals, []);
      return refused ?? { count: 0, newest: null };
    },
  };
}

const milliseconds = (from: string, to: string) =>
  `pg_catalog.round(extract(epoch from ${to} - ${from}) * 1000)::bigint`;

const callRecords = (tables: Tables) => `(
  select coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
      'id', c.id, 'run', c.run, 'number', c.number, 'contentHash', c.content_hash, 'outcome', c.outcome, 'detail', c.detail,
      'findings', coalesce(c.findings, '[]'::jsonb), 'workflowId', c.wrk_workflow_id, 'workflowUrl', c.wrk_workflow_url,
      'startedAt', ${timeText('c.started_at')}, 'durationMs', c.duration_ms, 'httpStatus', c.http_status,
      'wrkRequestId', c.wrk_request_id) order by c.run, c.number), '[]')
    from ${tables.calls} c where c.binding_id = b.id)`;

/**
 * Reads build records. Planned on every run: the best index depends on the filters, and a generic plan would scan all
 * builds of the tenant.
 */
export function findBuilds(tables: Tables): Statement {
  const id = tables.idType;
  const text = `
select pg_catalog.json_build_object(
    'tenantId', b.tenant_id,
    'automationVersionId', b.automation_version_id,
    'binding', ${bindingJson},
    'automationName', a.name, 'automationVersionStatus', v.status, 'projectId', p.id, 'projectName', p.name,
    'errorDetails', b.error_details,
    'createdAt', ${timeText('b.created_at')}, 'updatedAt', ${timeText('b.updated_at')},
    'dueInMs', ${milliseconds('pg_catalog.now()', 'b.run_at')},
    'heldForMs', case when b.status = 'pending' and b.lease_until > pg_catalog.now() then ${milliseconds('pg_catalog.now()', 'b.lease_until')} end,
    'circuitBreakers', ${breakersJson(tables)},
    'calls', ${callRecords(tables)})::text as record
  from (
    select b.* from ${tables.bindings} b
     where b.tenant_id = $1::${id} and ($2::uuid is null or b.id = $2::uuid)
       and ($3::${id} is null or b.automation_version_id = $3::${id})
       and ($4::text is null or b.status = $4::text) and ($5::text is null or b.error_reason = $5::text)
       and ($6::${id} is null or b.assignee_id = $6::${id})
       and ($7::timestamptz is null or (b.created_at, b.id) < ($7::timestamptz, $8::uuid))
     order by b.created_at desc, b.id desc limit $9::int) b
  ${buildJoins(tables)}
 order by b.created_at desc, b.id desc`;
  return { name: 'wrk_builds_find_builds', text, replanned: true };
}

/** The parameter values. Only builds in `error` have an error reason, so filtering by a reason implies that status. */
export function findBuildsValues(query: BuildQuery): readonly Value[] {
  const { bindingId, automationVersionId, errorReason, assigneeId, cursor } = query;
  const status = query.status ?? (errorReason === undefined ? undefined : 'error');
  const asked = [bindingId, automationVersionId, status, errorReason, assigneeId];
  const position = [cursor?.createdAt, cursor?.bindingId];
  return [query.tenantId, ...[...asked, ...position].map((each) => each ?? null), query.limit];
}

/** The result of a poll. Always one row, so that it has a time even without builds. */
interface ChangedRow {
  readonly now: string;
  readonly from: string;
  readonly builds: string;
}

const FROM = `(coalesce($2::timestamptz, pg_catalog.now()) - $3::int * interval '1 millisecond')`;

const changeJson = `pg_catalog.json_build_object(
    'tenantId', tenant.asked, 'bindingId', b.id, 'automationVersionId', b.automation_version_id, 'status', b.status,
    'run', b.run, 'errorReason', b.error_reason, 'assigneeId', b.assignee_id, 'changedAt', ${timeText('b.updated_at')},
    'changeToken', pg_catalog.concat_ws(' ', ${timeText('b.updated_at')}, b.fence, b.decision_id, b.assignee_id))`;

/**
 * Finds changed builds, tenant by tenant, in index order. It does not use `xmin`, which every heartbeat of a lease changes.
 * Tenant ids are returned as they were given: a uuid may be in upper case, and the caller knows it in that form.
 * `now()` is taken before the statement's snapshot, so whatever the snapshot does not see commits after that time.
 */
export function findChangedBuilds(tables: Tables): Statement {
  const text = `
select ${timeText('pg_catalog.now()')} as now, ${timeText(FROM)} as from, coalesce(pg_catalog.json_agg(${changeJson} order by b.updated_at, b.id), '[]')::text as builds
  from (select distinct value as asked, value::${tables.idType} as id from pg_catalog.jsonb_array_elements_text($1::text::jsonb)) tenant
 cross join lateral (
    select b.* from ${tables.bindings} b
     where b.tenant_id = tenant.id
       and b.updated_at >= ${FROM}
     order by b.updated_at, b.id limit $4::int) b`;
  return { name: 'wrk_builds_find_changed_builds', text };
}

/** The parameter values; `tenantIds` are valid ids of the host. */
export function findChangedBuildsValues(
  tenantIds: readonly string[],
  { since, overlapMs, limit }: ChangeQuery,
): readonly Value[] {
  return [JSON.stringify(tenantIds), since, overlapMs, limit];
}

/** Counts the builds under a live lease, of all tenants. */
function countHeld({ bindings }: Tables): Statement {
  return {
    name: 'wrk_builds_count_held',
    text: `select pg_catalog.count(*)::int as count from ${bindings} b where b.status = 'pending' and b.lease_until > pg_catalog.now()`,
  };
}

/** Counts the builds that ended because their outcome was refused, from an index of these alone. */
function countRefused({ bindings }: Tables): Statement {
  const refused = `${bindings} b where b.error_reason = 'outcome_refused'`;
  return {
    name: 'wrk_builds_count_refused',
    text: `
select (select pg_catalog.count(*)::int from ${refused}) as count,
       (select b.error_details->>'detail' from ${refused} order by b.updated_at desc limit 1) as newest`,
  };
}
