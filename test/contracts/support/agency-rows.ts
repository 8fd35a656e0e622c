import type { HostRows, HostTable } from '../../../src/testing/storage-harness.js';
import type { RunSql } from './postgres-host.js';

const STAGES: Readonly<Record<string, string>> = {
  'Ready for Build': 'ready',
  'Awaiting Client Approval': 'awaiting_client',
  'Build in Progress': 'building',
  'QA & Testing': 'qa',
  Scoping: 'scoping',
  Archived: 'archived',
};

/** The agency's labels of the flows' words, by table. */
const LABELS: Readonly<Record<HostTable, Readonly<Record<string, string>>>> = {
  automations: {},
  projects: STAGES,
  automationVersions: STAGES,
  quotes: { signed: 'countersigned', withdrawn: 'void', sent: 'open' },
  tasks: { pending: 'todo', in_progress: 'doing', complete: 'done' },
};

const COLUMNS: Readonly<Record<string, string>> = {
  tenantId: 'workspace_id',
  automationId: 'automation_id',
  projectId: 'project_id',
  automationVersionId: 'automation_version_id',
  status: 'stage',
  checklistProgress: 'progress',
  ownerId: 'owner_id',
  blueprintJson: 'blueprint',
  expiresAt: 'expires_at',
  templateSlug: 'slug',
};

/** Columns in the flows' names and words, as the agency spells them. */
export function agencyColumns(table: HostTable, row: object): Record<string, unknown> {
  const spelled = (name: string, content: unknown) => {
    if (name === 'status') return LABELS[table][String(content)] ?? content;
    return name === 'blueprintJson' && typeof content !== 'string' ? JSON.stringify(content) : content;
  };
  return Object.fromEntries(
    Object.entries(row).map(([name, content]) => [COLUMNS[name] ?? name, spelled(name, content)]),
  );
}

/** Every row that exists for the agency's own code, under the default names. */
export async function readAgency(run: RunSql): Promise<HostRows> {
  const word = (table: HostTable, label: unknown) =>
    Object.entries(LABELS[table]).find(([, own]) => own === label)?.[0] ?? text(label);
  return {
    automations: (await run('select * from agency.automations where deleted_at is null order by id')).map(
      (row) => ({
        id: text(row.id),
        tenantId: text(row.workspace_id),
        name: text(row.name),
      }),
    ),
    projects: (await run('select * from agency.projects where deleted_at is null order by id')).map(
      (row) => ({
        id: text(row.id),
        tenantId: text(row.workspace_id),
        automationId: text(row.automation_id),
        name: text(row.name),
        status: word('projects', row.stage),
        checklistProgress: Number(row.progress),
        ownerId: textOrNull(row.owner_id),
      }),
    ),
    automationVersions: (await run('select * from agency.versions where deleted_at is null order by id')).map(
      (row) => ({
        id: text(row.id),
        tenantId: text(row.workspace_id),
        automationId: text(row.automation_id),
        projectId: textOrNull(row.project_id),
        status: word('automationVersions', row.stage),
        blueprintJson: row.blueprint,
      }),
    ),
    quotes: (
      await run(`select * from agency.quotes
        where deleted_at is null and quote_type = 'build' and price is not null order by id`)
    ).map((row) => ({
      id: text(row.id),
      tenantId: text(row.workspace_id),
      automationVersionId: text(row.automation_version_id),
      status: word('quotes', row.stage),
      expiresAt: textOrNull(row.expires_at),
    })),
    tasks: (
      await run(`select t.*, coalesce(t.project_id, v.project_id) as project
          from agency.tasks t left join agency.versions v on v.id = t.automation_version_id
         where t.deleted_at is null and t.channel <> 'archive' order by t.id`)
    ).map((row) => ({
      id: text(row.id),
      tenantId: text(row.workspace_id),
      contextType: row.project === null ? text(Reflect.get(Object(row.about), 'type')) : 'project',
      contextId: text(row.project ?? Reflect.get(Object(row.about), 'id')),
      kind: text(row.kind),
      templateSlug: text(row.slug),
      category: textOrNull(row.category),
      title: text(row.title),
      status: word('tasks', row.stage),
      isBlocker: row.severity === 'blocker',
    })),
  };
}

const text = (content: unknown) => String(content);
const textOrNull = (content: unknown) => (content === null || content === undefined ? null : String(content));
