import type pg from 'pg';

/** Adds messages of `build-requests`, dealt out among so many tenants, due since a while unless told otherwise. */
export async function addMessages(
  pool: pg.Pool,
  {
    count,
    tenants,
    name = 'tenant',
    dueIn = '-1 minute',
  }: { count: number; tenants: number; name?: string; dueIn?: string },
): Promise<void> {
  await pool.query(
    `insert into wrk_builds.messages (queue, key, tenant_id, binding_id, body, run_at)
     select 'build-requests', $1 || n, md5($1 || n % $3)::uuid, gen_random_uuid(), '{}',
            now() + $4::interval + n * interval '1 microsecond'
       from generate_series(1, $2) n`,
    [name, count, tenants, dueIn],
  );
}

/** Adds builds that wait, due and without a message. */
export async function addStrandedBuilds(pool: pg.Pool, count: number): Promise<void> {
  await pool.query(
    `insert into wrk_builds.workflow_bindings (id, tenant_id, automation_version_id, status, run, fence, run_at, decision_id,
                                               request_id, came_from_version_status, came_from_project_status)
     select gen_random_uuid(), md5('tenant' || n % 50)::uuid, gen_random_uuid(), 'pending', 1, 1,
            now() - interval '1 minute', gen_random_uuid(), 'request ' || n, 'Ready for Build', 'Ready for Build'
       from generate_series(1, $1) n`,
    [count],
  );
}

/** Adds builds of one tenant that people carry out, due since long, each given to somebody else unless told otherwise. */
export async function addManualBuilds(
  pool: pg.Pool,
  { count, tenantId, assigneeId }: { count: number; tenantId: string; assigneeId?: string },
): Promise<void> {
  await pool.query(
    `insert into wrk_builds.workflow_bindings (id, tenant_id, automation_version_id, status, run, fence, run_at, decision_id,
                                               request_id, came_from_version_status, came_from_project_status, orchestration,
                                               assignee_id, created_at)
     select gen_random_uuid(), $2, gen_random_uuid(), 'pending', 1, 1, now() - interval '1 day', gen_random_uuid(),
            'request ' || n, 'Ready for Build', 'Ready for Build', 'manual', coalesce($3::uuid, gen_random_uuid()),
            now() - n * interval '1 second'
       from generate_series(1, $1) n`,
    [count, tenantId, assigneeId ?? null],
  );
}
