import { OTHER_TENANT, stableId, TENANT } from '../../../src/testing/builders.js';
import type { HostDatabase, HostRow, HostRows, HostTable } from '../../../src/testing/storage-harness.js';
import type { RunSql } from './postgres-host.js';

/** What this host calls the tables. */
export const FOREIGN_TABLES: Readonly<Record<HostTable, string>> = {
  automations: 'processes',
  projects: 'engagements',
  automationVersions: 'process_versions',
  quotes: 'offers',
  tasks: 'todos',
};

const STATES: Readonly<Record<string, string>> = {
  'Ready for Build': 'ReadyForBuild',
  'Awaiting Client Approval': 'ClientApproval',
  'Build in Progress': 'BuildInProgress',
  'QA & Testing': 'QATesting',
  Scoping: 'Pricing',
};
const OFFER_STATES: Readonly<Record<string, string>> = { signed: 'accepted', withdrawn: 'declined' };

const backwards = (labels: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(labels).map(([word, label]) => [label, word]));
const translated = (labels: Readonly<Record<string, string>>, word: unknown) => labels[String(word)] ?? word;

/** The people whom the contract suites and the flows name; in this host, whoever acts is a row. */
export const PEOPLE = [
  stableId('user'),
  ...['first', 'second', 'one', 'two', 'stale', 'fresh'].map((label) => stableId('user', label)),
  ...Array.from({ length: 10 }, (_, index) => stableId('user', `caller ${index}`)),
];

/** The tenants and the people that are there before anything else is. */
export const FOREIGN_PEOPLE = `
insert into orgs (id, slug) values ${[TENANT, OTHER_TENANT].map((id) => `('${id}', '${id}')`).join(', ')};
insert into people (id, email) values ${PEOPLE.map((id) => `('${id}', '${id}')`).join(', ')};`;

/**
 * Works on the rows of a host of another shape, as that host's own code would: the words of the contract suites are
 * spelled its way, by hand, so that the mapping under test is not tested against itself.
 */
export function foreignHost(run: RunSql): Omit<HostDatabase, 'lock'> {
  const column: { readonly [T in HostTable]: (name: string) => string } = {
    automations: (name) => ({ tenantId: 'org_id', name: 'title' })[name] ?? name,
    projects: (name) =>
      ({
        tenantId: 'org_id',
        automationId: 'process_id',
        status: 'state',
        checklistProgress: 'done_percent',
        ownerId: 'owner_id',
      })[name] ?? name,
    automationVersions: (name) =>
      ({ tenantId: 'org_id', automationId: 'process_id', status: 'state', blueprintJson: 'spec' })[name] ??
      name,
    quotes: (name) =>
      ({
        tenantId: 'org_id',
        automationVersionId: 'process_version_id',
        status: 'state',
        expiresAt: 'valid_until',
      })[name] ?? name,
    tasks: (name) => ({ tenantId: 'org_id', status: 'state' })[name] ?? name,
  };

  const spelled = (table: HostTable, name: string, content: unknown): unknown => {
    if (name === 'status' && table === 'quotes') return translated(OFFER_STATES, content);
    if (name === 'status' && table !== 'tasks') return translated(STATES, content);
    if (name === 'blueprintJson' && typeof content !== 'string') return JSON.stringify(content);
    return content;
  };

  /** The row's own columns; what hangs elsewhere here is left out. */
  const columnsOf = (table: HostTable, row: object): Record<string, unknown> => {
    const own = Object.entries(row).filter(
      ([name]) => !(table === 'automationVersions' && name === 'projectId'),
    );
    return Object.fromEntries(
      own.map(([name, content]) => [column[table](name), spelled(table, name, content)]),
    );
  };

  const todoColumns = (row: Partial<HostRow<'tasks'>>): Record<string, unknown> => {
    const { contextType, contextId, kind, templateSlug, category, isBlocker, ...plain } = row;
    const metadata = Object.entries({ kind, slug: templateSlug, category, contextType, contextId });
    const given = metadata.filter(([, content]) => content !== undefined);
    return {
      ...columnsOf('tasks', plain),
      ...(given.length > 0 ? { metadata: JSON.stringify(Object.fromEntries(given)) } : {}),
      ...(contextType === 'project' ? { engagement_id: contextId } : {}),
      ...(isBlocker === undefined ? {} : { priority: isBlocker ? 'blocker' : 'important' }),
    };
  };

  const insertInto = (table: string, columns: Record<string, unknown>, end = '') => {
    const names = Object.keys(columns);
    const places = names.map((_, index) => `$${index + 1}`).join(', ');
    return run(
      `insert into ${table} (${names.join(', ')}) values (${places}) ${end}`,
      Object.values(columns),
    );
  };
  const known = async (tenantId: string, people: readonly (string | null)[]) => {
    await insertInto('orgs', { id: tenantId, slug: tenantId }, 'on conflict do nothing');
    for (const person of people) {
      if (person) await insertInto('people', { id: person, email: person }, 'on conflict do nothing');
    }
  };
  /** An engagement has one version: the first that hangs itself on it. */
  const hang = (versionId: string, projectId: string) =>
    run('update engagements set process_version_id = $1 where id = $2 and process_version_id is null', [
      versionId,
      projectId,
    ]);

  const insert = async (rows: Partial<HostRows>) => {
    for (const row of rows.automations ?? []) {
      await known(row.tenantId, []);
      await insertInto('processes', columnsOf('automations', row));
    }
    for (const row of rows.projects ?? []) {
      await known(row.tenantId, [row.ownerId]);
      await insertInto('engagements', columnsOf('projects', row));
    }
    for (const row of rows.automationVersions ?? []) {
      await known(row.tenantId, []);
      await insertInto('process_versions', { ...columnsOf('automationVersions', row), label: row.id });
      if (row.projectId) await hang(row.id, row.projectId);
    }
    for (const row of rows.quotes ?? []) {
      await known(row.tenantId, []);
      await insertInto('offers', columnsOf('quotes', row));
    }
    for (const row of rows.tasks ?? []) {
      await known(row.tenantId, []);
      await insertInto('todos', todoColumns(row));
    }
  };

  const update: HostDatabase['update'] = async (table, id, columns) => {
    if (table === 'automationVersions' && 'projectId' in columns) {
      await run('update engagements set process_version_id = null where process_version_id = $1', [id]);
      const { projectId } = columns;
      if (typeof projectId === 'string') await hang(id, projectId);
    }
    const own = table === 'tasks' ? todoColumns(columns) : columnsOf(table, columns);
    const touched =
      table === 'projects' || table === 'automationVersions' ? ['changed_at = clock_timestamp()'] : [];
    const sets = [...Object.keys(own).map((name, index) => `${name} = $${index + 2}`), ...touched];
    if (sets.length > 0)
      await run(`update ${FOREIGN_TABLES[table]} set ${sets.join(', ')} where id = $1`, [
        id,
        ...Object.values(own),
      ]);
  };

  return {
    insert,
    update,
    remove: async (table, id) => {
      await run(`delete from ${FOREIGN_TABLES[table]} where id = $1`, [id]);
    },
    read: async (): Promise<HostRows> => ({
      automations: await automations(run),
      projects: await projects(run),
      automationVersions: await versions(run),
      quotes: await quotes(run),
      tasks: await todos(run),
    }),
  };
}

const text = (content: unknown) => String(content);
const textOrNull = (content: unknown) => (content === null || content === undefined ? null : String(content));

const automations = async (run: RunSql) =>
  (await run('select * from processes order by id')).map((row) => ({
    id: text(row.id),
    tenantId: text(row.org_id),
    name: text(row.title),
  }));

const projects = async (run: RunSql) =>
  (await run('select * from engagements order by id')).map((row) => ({
    id: text(row.id),
    tenantId: text(row.org_id),
    automationId: text(row.process_id),
    name: text(row.name),
    status: text(translated(backwards(STATES), row.state)),
    checklistProgress: Number(row.done_percent),
    ownerId: textOrNull(row.owner_id),
  }));

const versions = async (run: RunSql) =>
  (
    await run(
      'select v.*, e.id as engagement from process_versions v left join engagements e on e.process_version_id = v.id order by v.id',
    )
  ).map((row) => ({
    id: text(row.id),
    tenantId: text(row.org_id),
    automationId: text(row.process_id),
    projectId: textOrNull(row.engagement),
    status: text(translated(backwards(STATES), row.state)),
    blueprintJson: row.spec,
  }));

const quotes = async (run: RunSql) =>
  (await run('select * from offers order by id')).map((row) => ({
    id: text(row.id),
    tenantId: text(row.org_id),
    automationVersionId: text(row.process_version_id),
    status: text(translated(backwards(OFFER_STATES), row.state)),
    expiresAt: textOrNull(row.valid_until),
  }));

const todos = async (run: RunSql) =>
  (
    await run(
      `select *, metadata->>'kind' as kind, metadata->>'slug' as slug, metadata->>'category' as category,
              metadata->>'contextType' as context_type, metadata->>'contextId' as context_id from todos order by id`,
    )
  ).map((row) => ({
    id: text(row.id),
    tenantId: text(row.org_id),
    contextType: text(row.engagement_id === null ? row.context_type : 'project'),
    contextId: text(row.engagement_id ?? row.context_id),
    kind: text(row.kind),
    templateSlug: text(row.slug),
    category: textOrNull(row.category),
    title: text(row.title),
    status: text(row.state),
    isBlocker: row.priority === 'blocker',
  }));
