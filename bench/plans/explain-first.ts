import type pg from 'pg';
import type { PostgresDatabase, Query } from 'wrk-builds/postgres';
import { explain, type Plan } from './explain.js';

/** A database that explains each statement before it runs it, once for each label. */
export interface ExplainingDatabase {
  readonly database: PostgresDatabase;
  /** What the statements from now on are about: a statement is explained again under another label. */
  readonly label: (text: string) => void;
  /** The next statement of this name runs, and its connection is lost before its answer comes. */
  readonly loseAnswerOf: (name: string) => void;
  readonly plans: () => readonly (Plan & { readonly label: string })[];
}

/** Explains on a connection of its own, in a transaction that is rolled back, so that nothing is done twice. */
export function explainFirst(database: PostgresDatabase, pool: pg.Pool): ExplainingDatabase {
  const plans = new Map<string, Plan & { readonly label: string }>();
  let about = '';
  let losing: string | null = null;
  const explaining =
    (query: Query): Query =>
    async (statement, values) => {
      const key = `${statement.name} ${about}`;
      if (!plans.has(key) && /\b(from|into|update)\b/.test(statement.text)) {
        const client = await pool.connect();
        try {
          plans.set(key, { ...(await explain(client, { statement, values })), label: about });
        } finally {
          client.release();
        }
      }
      const rows = await query<never>(statement, values);
      if (losing === statement.name) {
        losing = null;
        throw new Error('Connection terminated unexpectedly');
      }
      return rows;
    };
  return {
    database: {
      ...database,
      query: explaining(database.query),
      transaction: (work) => database.transaction((query) => work(explaining(query))),
    },
    label: (text) => {
      about = text;
    },
    loseAnswerOf: (name) => {
      losing = name;
    },
    plans: () => [...plans.values()],
  };
}
