import type { PostgresDatabase, Query } from '../drivers/database.js';
import { classifyError } from './classify-error.js';

/** Wraps a database so that every failure is a `DatabaseError`. Errors of the caller's own work pass through unchanged. */
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

/** Wraps a query function so that every failure is a `DatabaseError`. */
export function namingProblems(query: Query): Query {
  return (statement, values) => query<never>(statement, values).catch(rename(statement.name));
}

const rename = (statement?: string) => (problem: unknown) => {
  throw classifyError(problem, statement === undefined ? {} : { statement });
};

function isTheirs(thrown: { readonly problem: unknown } | null, problem: unknown): boolean {
  return thrown !== null && thrown.problem === problem;
}
