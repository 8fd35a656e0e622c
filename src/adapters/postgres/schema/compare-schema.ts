import type { ChecklistPolicy } from '../../../core/blueprint/checklist.js';
import { DEFAULT_STARTABLE_STATUSES } from '../../../core/build/statuses.js';
import type { PostgresDatabase } from '../drivers/database.js';
import { statusColumn } from '../mapping/columns.js';
import { type CompleteMapping, completeMapping } from '../mapping/host-mapping.js';
import { DEFAULT_SCHEMA, type PostgresOptions } from '../mapping/tables.js';
import { quoted } from '../sql/quoting.js';
import { sharedLabels, startableMismatches } from './compare-labels.js';
import { referenceMismatches } from './compare-references.js';
import { settingMismatches } from './compare-settings.js';
import { tableAdvice, tableMismatches } from './compare-table.js';
import { hostValues } from './host-values.js';
import type { LiveSchema, LiveTable } from './live-schema.js';
import { migrationsFor } from './migrations.js';
import type { TableNeed } from './needs.js';
import { tableNeeds } from './table-needs.js';

/** What is needed: the mapping, and what `createBuilds` is given. */
interface Needed {
  readonly options: PostgresOptions;
  /** `null`: the default ones, of which a host may lack some. */
  readonly startableStatuses: readonly string[] | null;
  readonly checklist: ChecklistPolicy;
}

/** What was found, each a sentence with its fix. */
interface Found {
  readonly mismatches: readonly string[];
  readonly advice: readonly string[];
}

const OLDEST_SERVER = 130_000;

/** Compares what is needed with what the catalog says. */
export async function compareSchema(
  database: PostgresDatabase,
  { options, startableStatuses, checklist }: Needed,
  live: LiveSchema,
): Promise<Found> {
  const needs = tableNeeds(options);
  const mapping = completeMapping(options.host);
  const closed = new Set([...live.missingSchemas, ...live.closedSchemas]);
  // Without usage on a schema its tables are hidden: one message for the schema instead of one for each table.
  const open = needs.filter(({ schema }) => !closed.has(schema));
  const tableOf = (need: TableNeed) =>
    live.tables.find(({ schema, table }) => schema === need.schema && table === need.table);
  const compared = {
    role: live.role,
    ids: mapping.ids,
    values: hostValues(mapping, newTask(needs), checklist),
  };
  const mapped = new Map(open.flatMap((need) => mappedTable(need, tableOf(need))));
  const start = startOf(mapping, mapped.get('automationVersions'), startableStatuses);
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
      ...sharedLabels(mapping, startableStatuses ?? DEFAULT_STARTABLE_STATUSES),
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

/** The columns of a new task. */
function newTask(needs: readonly TableNeed[]): readonly string[] {
  const insert = needs.find(({ mappedBy }) => mappedBy === 'tasks')?.insert ?? [];
  return insert === 'all' ? [] : insert;
}

const mappedTable = (
  { mappedBy }: TableNeed,
  table: LiveTable | undefined,
): readonly (readonly [string, LiveTable])[] => (mappedBy !== null && table ? [[mappedBy, table]] : []);

function startOf(
  { automationVersions: { status } }: CompleteMapping,
  table: LiveTable | undefined,
  given: readonly string[] | null,
): Found {
  const column = table?.columns.find(({ name }) => name === statusColumn(status));
  return table && column
    ? startableMismatches(column, table, { status, given })
    : { mismatches: [], advice: [] };
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
