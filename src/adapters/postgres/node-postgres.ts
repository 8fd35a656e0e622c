import type { PostgresDatabase, Query, Statement, Value } from './database.js';
import { isRefusal } from './refusal.js';

/** The part of a node-postgres `PoolClient` that is used. */
export interface NodePostgresClient {
  readonly query: (config: {
    name?: string;
    text: string;
    values: Value[];
  }) => Promise<{ readonly rows: unknown[] }>;
  readonly release: (destroy?: boolean | Error) => void;
  /** Every client of node-postgres has these two; what stands in for one in a test may leave them out. */
  readonly on?: (event: 'error', listener: () => void) => unknown;
  readonly off?: (event: 'error', listener: () => void) => unknown;
}

/** The part of a node-postgres `Pool` that is used. */
export interface NodePostgresPool {
  readonly connect: () => Promise<NodePostgresClient>;
}

/**
 * A database behind a node-postgres `Pool`. The pool stays the host's: the library never ends it.
 *
 * @example
 * ```ts
 * import pg from 'pg';
 * import { nodePostgres, postgres } from 'wrk-builds/postgres';
 *
 * const storage = postgres(nodePostgres(new pg.Pool({ connectionString: process.env.DATABASE_URL })));
 * ```
 */
export function nodePostgres(pool: NodePostgresPool): PostgresDatabase {
  const queryOn =
    (client: NodePostgresClient): Query =>
    async <Row>({ name, text }: Statement, values: readonly Value[]) => {
      const { rows } = await client.query({ name: nameFor(name, text), text, values: [...values] });
      return rows as Row[];
    };
  const onClient = async <T>(work: (client: NodePostgresClient) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    client.on?.('error', heardFromItsQuery);
    const release = (destroy: boolean) => {
      client.off?.('error', heardFromItsQuery);
      client.release(destroy);
    };
    try {
      const result = await work(client);
      release(false);
      return result;
    } catch (problem) {
      // A connection that failed for any other reason than a refused statement is not handed to anybody else.
      release(!isRefusal(problem));
      throw problem;
    }
  };
  return {
    identity: pool,
    query: (statement, values) => onClient((client) => queryOn(client)(statement, values)),
    script: (text) => onClient(async (client) => void (await client.query({ text, values: [] }))),
    transaction: (work) =>
      onClient(async (client) => {
        const control = (text: string) => client.query({ text, values: [] });
        await control('begin isolation level read committed');
        try {
          const result = await work(queryOn(client));
          await control('commit');
          return result;
        } catch (problem) {
          await control('rollback').catch(() => {});
          throw problem;
        }
      }),
  };
}

/** The texts that each name was given to, in this process. */
const textsByName = new Map<string, string[]>();

/** A connection knows one text by one name; two schemas over one pool have the same statements on other tables. */
function nameFor(name: string, text: string): string {
  const texts = textsByName.get(name) ?? [];
  textsByName.set(name, texts);
  const known = texts.indexOf(text);
  const place = known < 0 ? texts.push(text) : known + 1;
  return place === 1 ? name : `${name}_${place}`;
}

/**
 * A client that breaks while it is checked out emits `error`, besides failing its query. The pool listens to idle clients
 * only, and with nobody listening, the event would end the host's process.
 */
function heardFromItsQuery(): void {}
