import { randomUUID } from 'node:crypto';
import { err, ok, type Result } from 'neverthrow';
import type { PostgresDatabase } from 'wrk-builds/postgres';
import type { DemoSchemas } from './database.js';
import { PEOPLE } from './people.js';

/** A version that is ready for build, in the rows of a host. */
export interface HostProject {
  readonly tenantId: string;
  readonly projectId: string;
  readonly versionId: string;
}

/** Where a build stands, as the tables have it. */
export interface StoredBuild {
  readonly version: string;
  readonly project: string;
  readonly progress: number;
  readonly tasks: number;
  readonly complete: number;
  /** `null`: no build was ever requested. */
  readonly binding: string | null;
  readonly workflow_url: string | null;
  readonly error_reason: string | null;
  readonly findings: readonly string[] | null;
}

/**
 * Inserts what a host has before a build: automation, project, version and a signed quote. The problem is a sentence:
 * there is JSON that Postgres does not store, such as text with a `\\u0000` in it.
 */
export async function insertProject(
  database: PostgresDatabase,
  { host }: DemoSchemas,
  tenantId: string,
  { name, blueprintText }: { readonly name: string; readonly blueprintText: string },
): Promise<Result<HostProject, string>> {
  const [projectId, versionId] = [randomUUID(), randomUUID()];
  const insert = {
    name: 'demo_insert_project',
    // The blueprint goes in as text, so that no number loses a digit on its way.
    text: `
with automation as (
  insert into "${host.schema}".automations (tenant_id, name) values ($1::uuid, $2::text) returning id
), project as (
  insert into "${host.schema}".projects (id, tenant_id, automation_id, name, status, owner_id)
  select $3::uuid, $1::uuid, id, $2::text, 'Ready for Build', $4::uuid from automation
), version as (
  insert into "${host.schema}".automation_versions (id, tenant_id, automation_id, project_id, status, blueprint_json)
  select $5::uuid, $1::uuid, id, $3::uuid, 'Ready for Build', $6::text::jsonb from automation
)
insert into "${host.schema}".quotes (tenant_id, automation_version_id, status) values ($1::uuid, $5::uuid, 'signed')`,
  };
  try {
    await database.query(insert, [
      tenantId,
      name,
      projectId,
      PEOPLE.project_owner.id,
      versionId,
      blueprintText,
    ]);
    return ok({ tenantId, projectId, versionId });
  } catch (problem) {
    // Class 22 of SQLSTATE: the data is at fault.
    const isData = problem instanceof Error && 'code' in problem && String(problem.code).startsWith('22');
    if (!isData) throw problem;
    return err(`Postgres cannot store ${name} as JSON: ${problem.message}. Claim that out of the file.`);
  }
}

/** Reads where the build of a version stands. */
export async function readBuild(
  database: PostgresDatabase,
  { schema, host }: DemoSchemas,
  { tenantId, versionId }: HostProject,
): Promise<StoredBuild> {
  const select = {
    name: 'demo_read_build',
    text: `
select v.status as version, p.status as project, p.checklist_progress as progress,
       count(t.id)::int as tasks, (count(t.id) filter (where t.status = 'complete'))::int as complete,
       b.status as binding, b.wrk_workflow_url as workflow_url, b.error_reason,
       (b.error_details->'findings')::text as findings
  from "${host.schema}".automation_versions v
  join "${host.schema}".projects p on p.id = v.project_id
  left join "${host.schema}".tasks t on t.context_id = p.id and t.kind = 'build_checklist'
  left join "${schema}".workflow_bindings b on b.automation_version_id = v.id
 where v.tenant_id = $1::uuid and v.id = $2::uuid
 group by v.id, p.id, b.id`,
  };
  const [row] = await database.query<Omit<StoredBuild, 'findings'> & { readonly findings: string | null }>(
    select,
    [tenantId, versionId],
  );
  if (row === undefined)
    throw new Error('The version is gone: somebody else changed the tables of this run.');
  return { ...row, findings: row.findings === null ? null : JSON.parse(row.findings) };
}
