import type { PostgresDatabase } from '../drivers/database.js';
import { completeMapping } from '../mapping/host-mapping.js';
import { checkDatabase } from '../mapping/read-options.js';
import { DEFAULT_SCHEMA, type PostgresOptions } from '../mapping/tables.js';
import { quoted } from '../sql/quoting.js';
import { settingMismatches } from './compare-settings.js';
import { tableMismatches } from './compare-table.js';
import { type LiveSchema, type LiveTable, readLiveSchema } from './live-schema.js';
import { migrationsFor } from './migrations.js';
import type { TableNeed } from './needs.js';
import { tableNeeds } from './table-needs.js';

/** The result of comparing a database with what the library needs. */
export interface SchemaReport {
  /** Problems that keep the library from working, each with its fix. Empty if there are none. */
  readonly mismatches: readonly string[];
  /** Possible improvements, each with its fix. */
  readonly advice: readonly string[];
}

const OLDEST_SERVER = 130_000;

/**
 * Compares the mapping with the live database and lists every mismatch: tables, columns, types, enum labels, unique
 * indexes, privileges and session settings of the role, and missing migrations. It reads the catalog and the table of migrations, in two
 * statements, and changes nothing.
 *
 * Rejects when the database cannot be reached, and with a `TypeError` that lists every invalid option.
 *
 * @example
 * ```ts
 * import { nodePostgres, verifySchema } from 'wrk-builds/postgres';
 *
 * const { mismatches } = await verifySchema(nodePostgres(pool), { host });
 * if (mismatches.length > 0) throw new Error(mismatches.join('\n'));
 * ```
 */
export async function verifySchema(
  database: PostgresDatabase,
  options: PostgresOptions = {},
): Promise<SchemaReport> {
  checkDatabase('verifySchema', database, options);
  const needs = tableNeeds(options);
  const live = await readLiveSchema(database, needs);
  const ids = completeMapping(options.host).ids;
  const closed = new Set([...live.missingSchemas, ...live.closedSchemas]);
  const tableOf = (need: TableNeed) =>
    live.tables.find(({ schema, table }) => schema === need.schema && table === need.table);
  // Without usage on a schema its tables are hidden: one message for the schema instead of one for each table.
  const open = needs.filter(({ schema }) => !closed.has(schema));
  return {
    mismatches: [
      ...server(live),
      ...settingMismatches(live),
      ...live.missingSchemas.map((schema) => missingSchema(schema, options)),
      ...live.closedSchemas.map(
        (schema) =>
          `The role ${live.role} has no usage privilege on the schema ${schema}: run: grant usage on schema ${quoted(schema)} to ${quoted(live.role)}.`,
      ),
      ...live.closedFunctions.map(
        (name) =>
          `The role ${live.role} lacks the execute privilege on ${name}: run: grant execute on function ${name} to ${quoted(live.role)}.`,
      ),
      ...open.flatMap((need) => tableMismatches(need, tableOf(need), { role: live.role, ids })),
      ...(await migrationMismatches(database, options, live)),
    ],
    advice: open.flatMap((need) => {
      const table = tableOf(need);
      return table ? [...indexAdvice(need, table), ...rowSecurityAdvice(need, table, live.role)] : [];
    }),
  };
}

function server({ serverVersion }: LiveSchema): readonly string[] {
  return serverVersion < OLDEST_SERVER
    ? [`The server is Postgres ${Math.floor(serverVersion / 10_000)}: Postgres 13 or newer is required.`]
    : [];
}

function missingSchema(schema: string, options: PostgresOptions): string {
  return schema === (options.schema ?? DEFAULT_SCHEMA)
    ? `There is no schema ${schema}: run \`migrate\`, or what \`migrationSql\` prints.`
    : `There is no schema ${schema}: name the schema of the host's tables in \`schema\` of the mapping.`;
}

async function migrationMismatches(
  database: PostgresDatabase,
  { schema = DEFAULT_SCHEMA, host }: PostgresOptions,
  live: LiveSchema,
): Promise<readonly string[]> {
  const table = live.tables.find((each) => each.schema === schema && each.table === 'migrations');
  if (!table?.columns.some(({ name, maySelect }) => name === 'number' && maySelect)) return [];
  const known = migrationsFor(completeMapping(host).ids).length;
  const [row] = await database.query<{ newest: number }>(
    {
      name: 'wrk_builds_newest_migration',
      text: `select coalesce(pg_catalog.max(number), 0) as newest from ${quoted(schema)}.migrations`,
    },
    [],
  );
  const newest = row?.newest ?? 0;
  if (newest < known) {
    return [
      `The tables in schema ${schema} are at migration ${newest} of ${known}: run \`migrate\`, or what \`migrationSql\` prints.`,
    ];
  }
  if (newest > known + 1) {
    return [
      `The tables in schema ${schema} are at migration ${newest}, but this version of wrk-builds only knows ${known}: deploy the newer version of wrk-builds that created them.`,
    ];
  }
  return [];
}

function indexAdvice(need: TableNeed, table: LiveTable): readonly string[] {
  const serves = (columns: readonly string[]) =>
    table.indexes.some((index) => columns.every((column) => index.slice(0, columns.length).includes(column)));
  return need.lookups
    .filter((columns) => !serves(columns))
    .map((columns) => {
      const list = columns.map(quoted).join(', ');
      return `${need.schema}.${need.table} has no index that begins with (${list}), so each lookup scans the whole table: run: create index concurrently on ${quoted(need.schema)}.${quoted(need.table)} (${list}).`;
    });
}

function rowSecurityAdvice(need: TableNeed, table: LiveTable, role: string): readonly string[] {
  return table.rowSecurity
    ? [
        `Row-level security limits which rows of ${need.schema}.${need.table} the role ${role} sees: workers act for every tenant, so give their role a policy that shows all rows.`,
      ]
    : [];
}
