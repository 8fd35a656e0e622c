import type { PostgresDatabase, Query } from '../drivers/database.js';
import { classifyError } from './classify-error.js';

/** The same database, whose every failure is a `DatabaseError`. What the caller's own work throws stays as it is. */
export function withClassifiedErrors(database: PostgresDatabase): PostgresDatabase {
  const { listen } = database;
  return {
    identity: database.identity,
    query: namingProblems(database.query),
    script: (text) => database.script(text).catch(rename()),
    transaction: async (work) => {
      let thrown: { readonly problem: unknown } | null = null;
      try {
        return await database.transaction(async (query) => {
          try {
            return await work(namingProblems(query));
          } catch (problem) {
            thrown = { problem };
            throw problem;
          }
        });
      } catch (problem) {
        if (isTheirs(thrown, problem)) throw problem;
        throw classifyError(problem);
      }
    },
    ...(listen && {
      listen: (channel, listener) =>
        listen(channel, { ...listener, onProblem: (problem) => listener.onProblem(classifyError(problem)) }),
    }),
  };
}

/** The same way to run statements, whose every failure is a `DatabaseError`. */
export function namingProblems(query: Query): Query {
  return (statement, values) => query<never>(statement, values).catch(rename(statement.name));
}

const rename = (statement?: string) => (problem: unknown) => {
  throw classifyError(problem, statement === undefined ? {} : { statement });
};

function isTheirs(thrown: { readonly problem: unknown } | null, problem: unknown): boolean {
  return thrown !== null && thrown.problem === problem;
}
