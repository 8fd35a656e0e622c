import type { ChangeQuery } from '../../../ports/build-views.js';
import type { Statement, Value } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { timeText } from './facts.js';

/** The result of a poll. Always one row, so that it has a time even without builds. */
export interface ChangedRow {
  readonly now: string;
  readonly from: string;
  readonly builds: string;
}

const FROM = `(coalesce($2::timestamptz, now()) - $3::int * interval '1 millisecond')`;

const changeJson = `json_build_object(
    'tenantId', tenant.asked, 'bindingId', b.id, 'automationVersionId', b.automation_version_id, 'status', b.status,
    'run', b.run, 'errorReason', b.error_reason, 'assigneeId', b.assignee_id, 'changedAt', ${timeText('b.updated_at')},
    'changeToken', concat_ws(' ', ${timeText('b.updated_at')}, b.fence, b.decision_id, b.assignee_id))`;

/**
 * Finds changed builds, tenant by tenant, in index order. It does not use `xmin`, which every heartbeat of a lease changes.
 * Tenant ids are returned as they were given: a uuid may be in upper case, and the caller knows it in that form.
 * `now()` is taken before the statement's snapshot, so whatever the snapshot does not see commits after that time.
 */
export function findChangedBuilds(tables: Tables): Statement {
  const text = `
select ${timeText('now()')} as now, ${timeText(FROM)} as from, coalesce(json_agg(${changeJson} order by b.updated_at, b.id), '[]')::text as builds
  from (select distinct value as asked, value::${tables.idType} as id from jsonb_array_elements_text($1::text::jsonb)) tenant
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
