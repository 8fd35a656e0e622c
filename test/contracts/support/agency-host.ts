import { OTHER_TENANT, TENANT } from '../../../src/testing/builders.js';
import type { HostDatabase, HostRow, HostRows, HostTable } from '../../../src/testing/storage-harness.js';
import { SYSTEM_ACCOUNT } from './agency-mapping.js';
import { agencyColumns, readAgency } from './agency-rows.js';
import { PEOPLE } from './foreign-host.js';
import type { RunSql } from './postgres-host.js';

/** What this host calls the tables. */
export const AGENCY_TABLES: Readonly<Record<HostTable, string>> = {
  automations: 'agency.automations',
  projects: 'agency.projects',
  automationVersions: 'agency.versions',
  quotes: 'agency.quotes',
  tasks: 'agency.tasks',
};

/** The tenants and the people that are there before anything else is. */
export const AGENCY_PEOPLE = `
insert into agency.workspaces (id, slug) values ${[TENANT, OTHER_TENANT].map((id) => `('${id}', '${id}')`).join(', ')};
insert into agency.accounts (id, email) values ${[SYSTEM_ACCOUNT, ...PEOPLE].map((id) => `('${id}', '${id}')`).join(', ')};`;

type Columns = Record<string, unknown>;

/**
 * Works on the rows of the agency as its own code would, by hand, so that the mapping under test is not tested against itself.
 * It deletes softly, and beside each row it puts others that must not count: deleted ones, quotes of another kind, quotes
 * without a price, tasks of another channel.
 */
export function agencyHost(run: RunSql): Omit<HostDatabase, 'lock'> {
  const insertInto = (table: string, columns: Columns, end = '') => {
    const names = Object.keys(columns);
    const places = names.map((_, index) => `$${index + 1}`).join(', ');
    return run(
      `insert into agency.${table} (${names.join(', ')}) values (${places}) ${end}`,
      Object.values(columns),
    );
  };
  const known = async (tenantId: string, person: string | null = null) => {
    await insertInto('workspaces', { id: tenantId, slug: tenantId }, 'on conflict do nothing');
    if (person) await insertInto('accounts', { id: person, email: person }, 'on conflict do nothing');
  };

  const insert = async (rows: Partial<HostRows>) => {
    for (const row of rows.automations ?? []) {
      await known(row.tenantId);
      await insertInto('automations', agencyColumns('automations', row));
    }
    for (const row of rows.projects ?? []) {
      await known(row.tenantId, row.ownerId);
      await insertInto('projects', agencyColumns('projects', row));
    }
    for (const row of rows.automationVersions ?? []) {
      await known(row.tenantId);
      const version = agencyColumns('automationVersions', row);
      await insertInto('versions', version);
      // A sibling in progress, if it were still there.
      await insertInto('versions', { ...another(version), stage: 'building', deleted_at: 'now' });
    }
    for (const row of rows.quotes ?? []) {
      await known(row.tenantId);
      const quote = { ...agencyColumns('quotes', row), quote_type: 'build', price: 4_900 };
      const signed = { ...another(quote), stage: 'countersigned', expires_at: null };
      await insertInto('quotes', quote);
      await insertInto('quotes', { ...signed, deleted_at: 'now' });
      await insertInto('quotes', { ...signed, price: null });
      await insertInto('quotes', { ...signed, quote_type: 'change' });
    }
    for (const row of rows.tasks ?? []) {
      await known(row.tenantId);
      const task = { ...(await taskColumns(row)), channel: 'client' };
      const blocker = { ...another(task), slug: null, severity: 'blocker', stage: 'todo' };
      await insertInto('tasks', task);
      await insertInto('tasks', { ...blocker, deleted_at: 'now' });
      await insertInto('tasks', { ...blocker, channel: 'archive' });
    }
  };

  const taskColumns = async (row: HostRow<'tasks'>): Promise<Columns> => {
    const { contextType: _type, contextId: _id, isBlocker, ...own } = row;
    return {
      ...agencyColumns('tasks', own),
      ...(await parentsOf(row)),
      severity: isBlocker ? 'blocker' : 'normal',
      created_by: SYSTEM_ACCOUNT,
      updated_at: 'now',
    };
  };

  /** A blocker names the one version of its project and nothing else. Other tasks name the project, the version, or both. */
  const parentsOf = async ({
    contextType,
    contextId,
    isBlocker,
    templateSlug,
  }: HostRow<'tasks'>): Promise<Columns> => {
    if (contextType !== 'project') return { about: { type: contextType, id: contextId } };
    const ofProject = { project_id: contextId };
    const found = await run('select id from agency.versions where project_id = $1 and deleted_at is null', [
      contextId,
    ]);
    const [version] = found;
    if (version === undefined || found.length > 1) return ofProject;
    const ofVersion = { automation_version_id: version.id };
    if (isBlocker) return ofVersion;
    return [ofProject, ofVersion, { ...ofProject, ...ofVersion }][templateSlug.length % 3] ?? ofProject;
  };

  return {
    insert,
    update: async (table, id, columns) => {
      const own = agencyColumns(table, columns);
      const sets = [
        ...Object.keys(own).map((name, index) => `${name} = $${index + 2}`),
        ...(table === 'automationVersions' ? ['edited_at = clock_timestamp()'] : []),
      ];
      await run(`update ${AGENCY_TABLES[table]} set ${sets.join(', ')} where id = $1`, [
        id,
        ...Object.values(own),
      ]);
    },
    remove: async (table, id) => {
      await run(`update ${AGENCY_TABLES[table]} set deleted_at = now() where id = $1`, [id]);
    },
    read: () => readAgency(run),
  };
}

/** The columns of another row that is like this one. */
const another = ({ id: _id, ...columns }: Columns): Columns => columns;
