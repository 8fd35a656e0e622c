import type { PostgresDatabase } from 'wrk-builds/postgres';

/** How much there is. */
export interface Sizes {
  readonly finished: number;
  /** Due now, each with its message. */
  readonly waiting: number;
  /** Rescheduled, each with its message. */
  readonly later: number;
  /** Ready for build, and never requested. */
  readonly fresh: number;
  readonly tenants: number;
}

const uuid = (kind: string, n: string) => `md5('${kind}' || ${n})::uuid`;

/**
 * Fills the default tables as years of use would: finished builds with their tasks, calls, audit entries and deliveries,
 * and builds that wait. One statement for each table.
 */
export async function fillTables(database: PostgresDatabase, sizes: Sizes): Promise<void> {
  const { finished, waiting, later, fresh, tenants } = sizes;
  const all = finished + waiting + later;
  const tenant = `md5('tenant' || n % ${tenants})::uuid`;
  const status = `case when n <= ${finished} then 'QA & Testing' when n <= ${all} then 'Build in Progress' else 'Ready for Build' end`;
  const runAt = `case when n <= ${finished + waiting} then now() - (n % 3600) * interval '1 second' else now() + interval '1 day' end`;
  const rows = `generate_series(1, ${all}) n`;
  const withFresh = `generate_series(1, ${all + fresh}) n`;
  const statements = [
    `insert into automations select ${uuid('a', 'n')}, ${tenant}, 'Automation ' || n from ${withFresh}`,
    `insert into projects (id, tenant_id, automation_id, name, status, checklist_progress)
     select ${uuid('p', 'n')}, ${tenant}, ${uuid('a', 'n')}, 'Project ' || n, ${status}, 0 from ${withFresh}`,
    `insert into automation_versions (id, tenant_id, automation_id, project_id, status, blueprint_json)
     select ${uuid('v', 'n')}, ${tenant}, ${uuid('a', 'n')}, ${uuid('p', 'n')}, ${status},
            '{"nodes": [{"id": "a"}, {"id": "b"}], "edges": [{"source": "a", "target": "b"}]}' from ${withFresh}`,
    `insert into quotes select ${uuid('q', 'n')}, ${tenant}, ${uuid('v', 'n')}, 'signed', null from ${withFresh}`,
    `insert into tasks select md5('t' || n || '-' || k)::uuid, ${tenant}, 'project', ${uuid('p', 'n')}, 'build_checklist', 'task-' || k,
            case when k = 1 then 'integration' else 'manual' end, 'Task ' || k, 'pending', false from ${withFresh}, generate_series(1, 3) k`,
    `insert into audit_logs (tenant_id, user_id, action_type, resource_type, resource_id)
     select ${tenant}, null, action, 'automation_version', ${uuid('v', 'n')}
       from ${rows}, unnest(array['request_build', 'build_complete']) action where n <= ${finished} or action = 'request_build'`,
    `insert into wrk_builds.workflow_bindings (id, tenant_id, automation_version_id, project_id, status, wrk_workflow_id, wrk_workflow_url,
       run, fence, run_at, decision_id, request_id, came_from_version_status, came_from_project_status)
     select ${uuid('b', 'n')}, ${tenant}, ${uuid('v', 'n')}, ${uuid('p', 'n')}, case when n <= ${finished} then 'active' else 'pending' end,
            case when n <= ${finished} then 'wf_' || n end, case when n <= ${finished} then 'https://wrk.example/wf_' || n end,
            1, 1, ${runAt}, gen_random_uuid(), 'request', 'Ready for Build', 'Ready for Build' from ${rows}`,
    `insert into wrk_builds.workflow_calls (id, tenant_id, binding_id, run, number, fence, content_hash, outcome, closed_at)
     select ${uuid('c', 'n')}, ${tenant}, ${uuid('b', 'n')}, 1, 1, 1, 'hash', 'created', now() from ${rows} where n <= ${finished}`,
    `insert into wrk_builds.messages (queue, key, tenant_id, binding_id, body, run_at)
     select 'build-requests', ${uuid('b', 'n')}, ${tenant}, ${uuid('b', 'n')},
            jsonb_build_object('v', 1, 'kind', 'build_request', 'tenantId', ${tenant}, 'bindingId', ${uuid('b', 'n')}, 'requestId', 'request'), ${runAt}
       from ${rows} where n > ${finished}`,
    `insert into wrk_builds.messages (queue, key, tenant_id, binding_id, body, run_at)
     select 'notifications', 'note ' || n, ${tenant}, null, '{}', now() from generate_series(1, ${Math.ceil(waiting / 5)}) n`,
    `insert into wrk_builds.notification_deliveries (key, tenant_id, binding_id, channel, template, recipient_id, status, attempts)
     select n || ' ' || k, ${tenant}, ${uuid('b', 'n')}, 'email', 'build_complete', 'person', 'delivered', 1
       from ${rows}, generate_series(1, 2) k where n <= ${finished}`,
    `insert into wrk_builds.in_app_notifications (key, tenant_id, user_id, template, data_json)
     select 'note ' || n, ${tenant}, 'person', 'build_complete', '{}' from ${rows} where n <= ${finished}`,
    `insert into wrk_builds.idempotency_answers (tenant_id, operation, key, body_hash, answer_json)
     select ${tenant}, 'request_build', 'key ' || n, 'hash', '{}' from ${rows} where n % 10 = 0`,
  ];
  for (const statement of statements) await database.script(statement);
  await database.script('vacuum analyze');
}
