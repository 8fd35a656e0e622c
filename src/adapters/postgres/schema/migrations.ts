import tablesSql from './tables.sql';

/** One migration of the library's own tables. */
export interface Migration {
  readonly number: number;
  readonly sql: string;
}

/** The sections of `tables.sql`, separated by lines that begin with `-- @`, for one type of host ids. */
const sections = (ids: 'uuid' | 'text') =>
  tablesSql
    .split(/^-- @/m)
    .slice(1)
    .map((text) => {
      const end = text.indexOf('\n');
      return {
        name: text.slice(0, end).trim(),
        sql: text
          .slice(end + 1)
          .trimEnd()
          .replaceAll(/\bhost_id\b/g, ids),
      };
    });

/** Every migration that this version of the library knows, in order. */
export function migrationsFor(ids: 'uuid' | 'text'): readonly Migration[] {
  return sections(ids).flatMap(({ name, sql }) => {
    const number = /^migration (\d+)$/.exec(name)?.[1];
    return number === undefined ? [] : [{ number: Number(number), sql }];
  });
}

/** The SQL of the host's tables under their default names. */
export function hostTables(ids: 'uuid' | 'text'): string {
  return sections(ids).find(({ name }) => name === 'host')?.sql ?? '';
}
