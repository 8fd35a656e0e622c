import type { PostgresDatabase, Statement, Value } from 'wrk-builds/postgres';

/** A statement with the values it ran with. */
export interface Recorded {
  readonly statement: Statement;
  readonly values: readonly Value[];
}

/** A database that remembers each statement by its name, the first time it runs with something to do. */
export function recordStatements(database: PostgresDatabase): PostgresDatabase & {
  readonly recorded: () => readonly Recorded[];
} {
  const byName = new Map<string, Recorded>();
  const remember = (statement: Statement, values: readonly Value[]) => {
    if (!byName.has(statement.name)) byName.set(statement.name, { statement, values });
  };
  return {
    ...database,
    query: (statement, values) => {
      remember(statement, values);
      return database.query(statement, values);
    },
    transaction: (work) =>
      database.transaction((query) =>
        work((statement, values) => {
          remember(statement, values);
          return query(statement, values);
        }),
      ),
    recorded: () => [...byName.values()],
  };
}
