import { randomUUID } from 'node:crypto';
import type pg from 'pg';

/** A project with one version that is ready for build. */
export interface SeededProject {
  readonly projectId: string;
  readonly versionId: string;
}

/** Inserts what a host has before a build: automation, project, version and quote. */
export async function insertProject(
  pool: pg.Pool,
  project: {
    readonly tenantId: string;
    readonly ownerId: string;
    readonly name: string;
    readonly systems: readonly string[];
    readonly quote: 'signed' | 'sent';
  },
): Promise<SeededProject> {
  const [projectId, versionId] = [randomUUID(), randomUUID()];
  await pool.query(
    `with automation as (
       insert into automations (tenant_id, name) values ($1::uuid, $2) returning id
     ), project as (
       insert into projects (id, tenant_id, automation_id, name, status, owner_id)
       select $3::uuid, $1, id, $2, 'Ready for Build', $4::uuid from automation
     ), version as (
       insert into automation_versions (id, tenant_id, automation_id, project_id, status, blueprint_json)
       select $5::uuid, $1, id, $3, 'Ready for Build', $6::jsonb from automation
     )
     insert into quotes (tenant_id, automation_version_id, status) values ($1, $5, $7)`,
    [
      project.tenantId,
      project.name,
      projectId,
      project.ownerId,
      versionId,
      JSON.stringify(blueprintOf(project.systems)),
      project.quote,
    ],
  );
  return { projectId, versionId };
}

/** A blueprint that goes from one system to the next. */
function blueprintOf(systems: readonly string[]) {
  const nodes = systems.map((system, index) => ({
    id: `step-${index + 1}`,
    type: index === 0 ? 'trigger' : 'action',
    name: `${index === 0 ? 'Something happens in' : 'Do something in'} ${system}`,
    systems: [system],
  }));
  const edges = nodes.slice(1).map(({ id }, index) => ({ source: `step-${index + 1}`, target: id }));
  return { nodes, edges };
}
