import type pg from 'pg';
import {
  grantsSql,
  nodePostgres,
  type PostgresDatabase,
  type PostgresOptions,
} from '../../../../src/adapters/postgres/index.js';

/** What is changed, and for whom the grants are. */
interface Change {
  readonly sql: string;
  readonly afterGrants?: string | undefined;
  readonly options: PostgresOptions;
  readonly role: string;
}

/** The database as the role has it after some SQL of the owner's, in a transaction that is rolled back. */
export async function underChange<T>(
  owner: pg.Pool,
  { sql, afterGrants = '', options, role }: Change,
  work: (database: PostgresDatabase, run: (text: string) => Promise<unknown>) => Promise<T>,
): Promise<T> {
  const client = await owner.connect();
  const query: PostgresDatabase['query'] = async <Row>(
    { text }: { readonly text: string },
    values: readonly unknown[],
  ) => (await client.query(text, [...values])).rows as Row[];
  try {
    await client.query('begin');
    await client.query(sql);
    // A view that lacks a column is granted the others.
    for (const grant of grantsSql(role, options.host ? { host: options.host } : {}).split('\n')) {
      await client.query('savepoint a_grant');
      await client.query(grant).catch(() => client.query('rollback to savepoint a_grant'));
    }
    await client.query(afterGrants.replaceAll('ROLE', role));
    await client.query(`set local role ${role}`);
    const database: PostgresDatabase = {
      ...nodePostgres(owner),
      query,
      transaction: async (inner) => {
        await client.query('savepoint the_trial');
        try {
          return await inner(query);
        } finally {
          await client.query('rollback to savepoint the_trial');
        }
      },
    };
    return await work(database, async (text) => {
      await client.query('reset role');
      await client.query(text);
      await client.query(`set local role ${role}`);
    });
  } finally {
    await client.query('rollback');
    client.release();
  }
}
