import { DEFAULT_STARTABLE_STATUSES } from '../../../core/build/statuses.js';
import type { PostgresDatabase } from '../drivers/database.js';
import { statusColumn } from '../mapping/columns.js';
import { completeMapping } from '../mapping/host-mapping.js';
import { DEFAULT_SCHEMA, type PostgresOptions } from '../mapping/tables.js';
import { quoted } from '../sql/quoting.js';
import { sharedLabels, startableMismatches } from './compare-labels.js';
import { referenceMismatches } from './compare-references.js';
import { settingMismatches } from './compare-settings.js';
import { tableAdvice, tableMismatches } from './compare-table.js';
import { hostValues } from './host-values.js';
import { type LiveSchema, type LiveTable, readLiveSchema } from './live-schema.js';
import { migrationsFor } from './migrations.js';
import type { TableNeed } from './needs.js';
import { tableNeeds } from './table-needs.js';
import { runTrial } from './trial.js';
import { checkVerification, type VerifyOptions } from './verify-options.js';

/** The result of comparing a database with what the library needs. */
export interface SchemaReport {
  /** Problems that keep the library from working, each with its fix. Empty if there are none. */
  readonly mismatches: readonly string[];
  /** Possible improvements, each with its fix; and why the trial was not run, if it should have been. */
  readonly advice: readonly string[];
  /**
   * What came of the trial: `passed`, or `failed` with its `mismatches`. `not_run`: it was not asked for, something else has
   * to be fixed first, or it is in `advice` why.
   */
  readonly trial: 'passed' | 'failed' | 'not_run';
}

const OLDEST_SERVER = 130_000;

/**
 * Compares the mapping with the live database and lists every mismatch: tables, columns, types, labels, foreign keys, unique
 * indexes, row-level security, privileges and session settings of the role, and missing migrations. It reads the catalog and
 * the table of migrations, in two statements.
 *
 * Once nothing of this is wrong, it tries a build: request, completion, failure, retry, adoption, cancellation and a change of
 * the checklist run through the host's own tables, with the library's own statements, in one transaction that is rolled back.
 * What a constraint, a trigger or a policy refuses is so named before the first build. The trial uses a version that was never
 * built, holds its rows for about a tenth of a second, waits for no lock for more than a quarter, and leaves nothing but the
 * values that sequences have given.
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
  options: VerifyOptions = {},
): Promise<SchemaReport> {
  checkVerification(database, options);
  const live = await readLiveSchema(database, tableNeeds(options));
  const compared = await compare(database, options, live);
  const { mismatches, advice } = compared;
  const outside = outsideTriggers(live);
  if (mismatches.length > 0 || options.trial === false) return { ...compared, trial: 'not_run' };
  if (outside.length > 0 && options.trial !== true) {
    const why = `No trial of a build was run, since the trigger ${outside.join(', ')} may do something outside of the database: if that may happen for a build that is not real, verify with \`trial: true\`.`;
    return { mismatches, advice: [...advice, why], trial: 'not_run' };
  }
  const trial = await runTrial(database, options, options, live);
  const found = trial.mismatches ?? [];
  const state = found.length > 0 ? 'failed' : 'passed';
  return {
    mismatches: found,
    advice: [...advice, ...trial.advice],
    trial: trial.mismatches === null ? 'not_run' : state,
  };
}

const outsideTriggers = ({ tables }: LiveSchema) =>
  tables.flatMap(({ schema, table, outsideTriggers: names }) =>
    names.map((name) => `${name} of ${schema}.${table}`),
  );

/** Compares what is needed with what is there. */
async function compare(
  database: PostgresDatabase,
  options: VerifyOptions,
  live: LiveSchema,
): Promise<Pick<SchemaReport, 'mismatches' | 'advice'>> {
  const needs = tableNeeds(options);
  const mapping = completeMapping(options.host);
  const { startableStatuses: given = null } = options;
  const closed = new Set([...live.missingSchemas, ...live.closedSchemas]);
  const tableOf = (need: TableNeed) =>
    live.tables.find(({ schema, table }) => schema === need.schema && table === need.table);
  // Without usage on a schema its tables are hidden: one message for the schema instead of one for each table.
  const open = needs.filter(({ schema }) => !closed.has(schema));
  const mapped = new Map<string, LiveTable>();
  for (const need of open) {
    const table = tableOf(need);
    if (need.mappedBy !== null && table) mapped.set(need.mappedBy, table);
  }
  const insert = needs.find(({ mappedBy }) => mappedBy === 'tasks')?.insert ?? [];
  const values = hostValues(mapping, insert === 'all' ? [] : insert, options.checklist);
  const { status } = mapping.automationVersions;
  const versions = mapped.get('automationVersions');
  const column = versions?.columns.find(({ name }) => name === statusColumn(status));
  const start =
    versions && column
      ? startableMismatches(column, versions, { status, given })
      : { mismatches: [], advice: [] };
  const compared = { role: live.role, ids: mapping.ids, values };
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
      ...sharedLabels(mapping, given ?? DEFAULT_STARTABLE_STATUSES),
      ...open.flatMap((need) => tableMismatches(need, tableOf(need), compared)),
      ...start.mismatches,
      ...referenceMismatches(mapping, mapped),
      ...(await migrationMismatches(database, options, live)),
    ],
    advice: [
      ...start.advice,
      ...open.flatMap((need) => {
        const table = tableOf(need);
        return table ? tableAdvice(need, table, compared) : [];
      }),
    ],
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
