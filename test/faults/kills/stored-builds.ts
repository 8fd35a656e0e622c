import type pg from 'pg';

/** What the tables say of one build. */
export interface StoredBuild {
  readonly id: string;
  readonly tenantId: string;
  readonly status: string;
  readonly fence: number;
  readonly isLeased: boolean;
  readonly workflowId: string | null;
  readonly workflowUrl: string | null;
  readonly errorReason: string | null;
  readonly errorDetail: string | null;
  readonly version: string;
  readonly project: string;
  /** Integration tasks of the checklist that are not complete. */
  readonly integrationLeft: number;
  /** Sorted. */
  readonly audit: readonly string[];
  /** `template channel audience`, sorted. */
  readonly told: readonly string[];
  /** Rows of the ledger, messages and audit entries that name another tenant. */
  readonly foreign: number;
  /** Outcomes in the ledger, by number; `null`: nobody knows. */
  readonly calls: readonly (string | null)[];
}

/** Reads every build that was requested. */
export async function storedBuilds(pool: pg.Pool): Promise<readonly StoredBuild[]> {
  const { rows } = await pool.query<StoredBuild>(`
select b.id, b.tenant_id as "tenantId", b.status, b.fence, b.lease_until is not null as "isLeased",
       b.wrk_workflow_id as "workflowId", b.wrk_workflow_url as "workflowUrl",
       b.error_reason as "errorReason", b.error_details->>'detail' as "errorDetail",
       v.status as version, p.status as project,
       (select count(*)::int from tasks t
         where t.context_id = p.id and t.category = 'integration' and t.status <> 'complete') as "integrationLeft",
       array(select a.action_type from audit_logs a where a.resource_id = v.id order by 1) as audit,
       array(select concat_ws(' ', m.body->>'template', m.body->>'channel', m.body->>'audience')
               from wrk_builds.messages m
              where m.queue = 'notifications' and m.binding_id = b.id order by 1) as told,
       array(select c.outcome from wrk_builds.workflow_calls c where c.binding_id = b.id order by c.number) as calls,
       ((select count(*) from wrk_builds.workflow_calls c where c.binding_id = b.id and c.tenant_id <> b.tenant_id)
        + (select count(*) from wrk_builds.messages m where m.binding_id = b.id and m.tenant_id <> b.tenant_id)
        + (select count(*) from audit_logs a where a.resource_id = v.id and a.tenant_id <> b.tenant_id))::int as "foreign"
  from wrk_builds.workflow_bindings b
  join automation_versions v on v.id = b.automation_version_id
  join projects p on p.id = v.project_id
 order by b.id`);
  return rows;
}
