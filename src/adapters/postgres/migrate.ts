import type { PostgresDatabase } from './database.js';
import { withNamedProblems } from './named-problems.js';
import { quoted, type SchemaOptions } from './tables.js';
import tablesSql from './tables.sql';

interface Section {
  readonly mark: string;
  readonly sql: string;
}

/** The sections of `tables.sql`, told apart by the lines that begin with `-- @`. */
function sections(): readonly Section[] {
  return tablesSql
    .split(/^-- @/m)
    .slice(1)
    .map((text) => {
      const end = text.indexOf('\n');
      return { mark: text.slice(0, end).trim(), sql: text.slice(end + 1) };
    });
}

const migrations = () =>
  sections().flatMap(({ mark, sql }) => {
    const number = /^migration (\d+)$/.exec(mark)?.[1];
    return number === undefined ? [] : [{ number: Number(number), sql }];
  });

/**
 * Creates or updates the library's own tables. Run it when the host deploys; running it again changes nothing.
 *
 * The race: of processes that start together, one migrates and the others wait for it and find nothing to do.
 */
export async function migrate(
  database: PostgresDatabase,
  { schema = 'wrk_builds' }: SchemaOptions = {},
): Promise<void> {
  const name = quoted(schema);
  const done = `${name}."migrations"`;
  const steps = migrations().map(
    ({ number, sql }) => `
  if not exists (select from ${done} where number = ${number}) then
    ${sql}
    insert into ${done} (number) values (${number});
  end if;`,
  );
  await withNamedProblems(database).script(
    asOneStep(`
begin
  perform pg_advisory_xact_lock(hashtextextended('wrk-builds migrations ' || ${literal(schema)}, 0));
  create schema if not exists ${name};
  create table if not exists ${done} (number integer primary key, migrated_at timestamptz not null default now());
  perform set_config('search_path', ${literal(name)}, true);
  ${steps.join('\n')}
end`),
  );
}

/** Creates the host's tables under their default names, for a new host, a demo or a test. */
export async function createHostTables(
  database: PostgresDatabase,
  { hostSchema = 'public' }: SchemaOptions = {},
): Promise<void> {
  const host = sections().find((section) => section.mark === 'host');
  await withNamedProblems(database).script(
    asOneStep(`
begin
  create schema if not exists ${quoted(hostSchema)};
  perform set_config('search_path', ${literal(quoted(hostSchema))}, true);
  ${host?.sql ?? ''}
end`),
  );
}

/** All of it or nothing. The body goes as a string, since a name in it could hold the end of any dollar quote. */
const asOneStep = (body: string) => `do ${literal(body)}`;

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
