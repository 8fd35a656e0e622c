import type { HostDatabase, HostRows, HostTable, LibraryRows } from '../../../src/testing/storage-harness.js';

/** Runs one SQL text with values and returns the rows, with JSON parsed and times as text. */
export type RunSql = (text: string, values?: readonly unknown[]) => Promise<Record<string, unknown>[]>;

/** The host's tables under their default names. */
export const HOST_TABLES: Readonly<Record<HostTable, string>> = {
  automations: 'automations',
  projects: 'projects',
  automationVersions: 'automation_versions',
  quotes: 'quotes',
  tasks: 'tasks',
};

const INSERT_ORDER = Object.keys(HOST_TABLES) as HostTable[];

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** JSON columns go in as text, everything else as it is; a blueprint that is text already goes in to the digit. */
const value = (column: string, content: unknown) =>
  column === 'blueprint_json' && typeof content !== 'string' ? JSON.stringify(content) : content;

/** Works on the host's rows as the host's own code would: plain statements, each in a transaction of its own. */
export function postgresHost(run: RunSql): Omit<HostDatabase, 'lock'> {
  const insertRow = async (table: HostTable, row: object) => {
    const columns = Object.keys(row).map(snake);
    const values = Object.values(row).map((content, index) => value(columns[index] ?? '', content));
    const places = columns.map((_, index) => `$${index + 1}`).join(', ');
    await run(`insert into ${HOST_TABLES[table]} (${columns.join(', ')}) values (${places})`, values);
  };
  return {
    insert: async (rows) => {
      for (const table of INSERT_ORDER) {
        for (const row of rows[table] ?? []) await insertRow(table, row);
      }
    },
    update: async (table, id, columns) => {
      const names = Object.keys(columns).map(snake);
      const values = Object.values(columns).map((content, index) => value(names[index] ?? '', content));
      const touched =
        table === 'projects' || table === 'automationVersions' ? ['updated_at = clock_timestamp()'] : [];
      const sets = [...names.map((name, index) => `${name} = $${index + 2}`), ...touched];
      await run(`update ${HOST_TABLES[table]} set ${sets.join(', ')} where id = $1`, [id, ...values]);
    },
    remove: async (table, id) => {
      await run(`delete from ${HOST_TABLES[table]} where id = $1`, [id]);
    },
    read: async () => {
      const read = async (table: HostTable, leaveOut: readonly string[]) => {
        const rows = await run(`select * from ${HOST_TABLES[table]} order by id`);
        return rows.map((row) =>
          Object.fromEntries(
            Object.entries(row)
              .filter(([name]) => !leaveOut.includes(name))
              .map(([name, content]) => [camel(name), content]),
          ),
        );
      };
      return {
        automations: await read('automations', []),
        projects: await read('projects', ['updated_at']),
        automationVersions: await read('automationVersions', ['updated_at']),
        quotes: await read('quotes', []),
        tasks: await read('tasks', []),
      } as unknown as HostRows;
    },
  };
}

/** Ids that the database makes up, and every time. */
const MADE_UP = [
  'created_at',
  'updated_at',
  'started_at',
  'closed_at',
  'run_at',
  'lease_until',
  'handed_until',
  'hand_overs',
  'dead_at',
  'read_at',
];

/** Everything the library stored, sorted. `audit` reads the host's audit entries under the default names. */
export async function postgresLibraryRows(run: RunSql, audit: string): Promise<LibraryRows> {
  const read = async (table: string, leaveOut: readonly string[] = []) =>
    sorted(await run(`select * from ${table}`), leaveOut);
  const sorted = (rows: readonly Record<string, unknown>[], leaveOut: readonly string[]) =>
    rows
      .map((row) =>
        Object.fromEntries(Object.entries(row).filter(([name]) => ![...MADE_UP, ...leaveOut].includes(name))),
      )
      .map((row) => ({ row, order: JSON.stringify(Object.entries(row).sort()) }))
      .sort((left, right) => (left.order < right.order ? -1 : 1))
      .map(({ row }) => row);
  return {
    bindings: await read('wrk_builds.workflow_bindings'),
    calls: await read('wrk_builds.workflow_calls', ['id']),
    messages: await read('wrk_builds.messages', ['id']),
    answers: await read('wrk_builds.idempotency_answers'),
    deliveries: await read('wrk_builds.notification_deliveries'),
    inAppNotifications: await read('wrk_builds.in_app_notifications', ['id']),
    audit: sorted(await run(audit), ['id']),
  };
}

/** Runs a script of several SQL statements, in one transaction. */
export type RunScript = (text: string) => Promise<unknown>;

/** Empties every table in one round trip; to delete a few rows is several times quicker than to truncate twelve tables. */
export async function clearPostgres(script: RunScript, host: readonly string[]): Promise<void> {
  const own = ['workflow_bindings', 'workflow_calls', 'messages', 'notification_deliveries'];
  const more = ['in_app_notifications', 'idempotency_answers', 'claim_limits', 'circuit_breakers'];
  const tables = [...host, ...[...own, ...more].map((name) => `wrk_builds.${name}`)];
  await script(tables.map((table) => `delete from ${table};`).join('\n'));
}
