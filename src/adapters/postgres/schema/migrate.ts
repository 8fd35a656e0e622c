import type { PostgresDatabase } from '../drivers/database.js';
import { NEWER_TABLES } from '../errors/classify-error.js';
import { completeMapping } from '../mapping/host-mapping.js';
import { checkDatabase, checkPostgresOptions } from '../mapping/read-options.js';
import { DEFAULT_SCHEMA, type PostgresOptions } from '../mapping/tables.js';
import { literal, quoted } from '../sql/quoting.js';
import { withClassifiedErrors } from '../transactions/failures.js';
import { hostTables, type Migration, migrationsFor } from './migrations.js';

/**
 * Creates or updates the library's own tables. Run it on every deployment; running it again changes nothing.
 *
 * Migrations only add, so that processes of the previous version keep working during a deployment: a version of the code
 * runs on the migrations it knows and on one more. It refuses newer tables and does not change them.
 *
 * The race: when several processes start together, one migrates; the others wait for it and find nothing to do.
 *
 * Rejects with a `DatabaseError`, with the code `newer_tables` if the tables are too new for this version, and with a
 * `TypeError` that lists every invalid option.
 */
export async function migrate(database: PostgresDatabase, options: PostgresOptions = {}): Promise<void> {
  checkDatabase('migrate', database, options);
  await withClassifiedErrors(database).script(migrateOnce(options));
}

/**
 * Returns the SQL that `migrate` runs, for hosts with their own migration tool: put it into a migration file unchanged. It
 * is one statement that applies the missing migrations; running it again changes nothing.
 *
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * import { migrationSql } from 'wrk-builds/postgres';
 *
 * writeFileSync('drizzle/0042_wrk_builds.sql', migrationSql());
 * ```
 */
export function migrationSql(options: PostgresOptions = {}): string {
  checkPostgresOptions('migrationSql', options, {}, {});
  return `${migrateOnce(options)};\n`;
}

/** Creates the host's tables under their default names, for a new host, a demo or a test. */
export async function createHostTables(
  database: PostgresDatabase,
  options: PostgresOptions = {},
): Promise<void> {
  checkDatabase('createHostTables', database, options);
  const { schema, ids } = completeMapping(options.host);
  await withClassifiedErrors(database).script(
    asOneStep(`begin
  create schema if not exists ${quoted(schema)};
  perform pg_catalog.set_config('search_path', ${literal(quoted(schema))}, true);
  ${hostTables(ids)}
end`),
  );
}

function migrateOnce({ schema = DEFAULT_SCHEMA, host }: PostgresOptions): string {
  const { ids } = completeMapping(host);
  const migrations = migrationsFor(ids);
  const name = quoted(schema);
  const done = `${name}."migrations"`;
  return asOneStep(`begin
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(${literal(`wrk-builds migrations ${schema}`)}, 0));
  create schema if not exists ${name};
  create table if not exists ${done} (number integer primary key, migrated_at timestamptz not null default pg_catalog.now());
  perform pg_catalog.set_config('search_path', ${literal(name)}, true);
${refusalOfNewer(migrations.length, schema, done)}
${migrations.map((migration) => runOnce(migration, done)).join('\n')}
end`);
}

const refusalOfNewer = (known: number, schema: string, done: string) => `
  if exists (select from ${done} where number > ${known + 1}) then
    raise exception using errcode = ${literal(NEWER_TABLES)}, message = pg_catalog.format(
      ${literal(`The tables in schema ${schema} are at migration %s, but this version of wrk-builds only knows ${known}: deploy the newer version of wrk-builds that created them.`)},
      (select pg_catalog.max(number) from ${done}));
  end if;`;

const runOnce = ({ number, sql }: Migration, done: string) => `
  if not exists (select from ${done} where number = ${number}) then
${sql}
    insert into ${done} (number) values (${number});
  end if;`;

/** One atomic statement. The body is a quoted string, since a name in it could contain the end of any dollar quote. */
const asOneStep = (body: string) => `do ${literal(body)}`;
