import type { BuildQuery } from '../../../ports/build-views.js';
import type { Statement, Value } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { buildJoins } from './build-facts.js';
import { breakersJson } from './circuit-breakers.js';
import { bindingJson, timeText } from './facts.js';

const milliseconds = (from: string, to: string) =>
  `round(extract(epoch from ${to} - ${from}) * 1000)::bigint`;

const callRecords = (tables: Tables) => `(
  select coalesce(json_agg(json_build_object(
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
select json_build_object(
    'tenantId', b.tenant_id,
    'automationVersionId', b.automation_version_id,
    'binding', ${bindingJson},
    'automationName', a.name, 'automationVersionStatus', v.status, 'projectId', p.id, 'projectName', p.name,
    'errorDetails', b.error_details,
    'createdAt', ${timeText('b.created_at')}, 'updatedAt', ${timeText('b.updated_at')},
    'dueInMs', ${milliseconds('now()', 'b.run_at')},
    'heldForMs', case when b.status = 'pending' and b.lease_until > now() then ${milliseconds('now()', 'b.lease_until')} end,
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
