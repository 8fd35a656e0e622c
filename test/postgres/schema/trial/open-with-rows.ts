import pg from 'pg';
import { migrate, nodePostgres } from '../../../../src/adapters/postgres/index.js';
import { buildableProject } from '../../../../src/testing/builders.js';
import type { HostShape } from '../../../contracts/support/host-shapes.js';
import { createDatabase, serverUrl } from '../../../support/database.js';
import { poolFor } from '../support.js';

/** A database with the tables and two projects of a host, and a role for the library that has nothing yet. */
export async function openWithRows(shape: HostShape) {
  const { url, drop } = await createDatabase();
  const owner = poolFor(url);
  await shape.createTables(nodePostgres(owner));
  await migrate(nodePostgres(owner), shape.options);
  const host = shape.host(async (text, values = []) => (await owner.query(text, [...values])).rows);
  for (const name of ['first', 'second']) await host.insert(buildableProject({ name }).rows);
  const role = `worker_${new URL(url).pathname.slice(-12)}`;
  await owner.query(`create role ${role} login password 'of-a-test'`);
  const { rows } = await owner.query(`select current_setting('server_version_num')::int as version`);
  return {
    url,
    owner,
    role,
    version: Number(rows[0]?.version),
    close: async () => {
      if (!owner.ended) await owner.end();
      await drop();
      await atServer(`drop role ${role}`);
    },
  };
}

/** The role is of the server, and the database that it has rights in is gone by then. */
async function atServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl() });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
