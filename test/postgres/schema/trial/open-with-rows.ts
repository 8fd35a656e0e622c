import { buildableProject } from '../../../../src/testing/builders.js';
import { createHostDatabase } from '../../../contracts/support/host-database.js';
import type { HostShape } from '../../../contracts/support/host-shapes.js';
import { atServer } from '../../../support/database.js';
import { poolFor } from '../support.js';

/** A database with the tables and two projects of a host, and a role for the library that has nothing yet. */
export async function openWithRows(shape: HostShape) {
  const { url, drop } = await createHostDatabase(shape);
  const owner = poolFor(url);
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
      // The role is of the server, and the database that it has rights in is gone by then.
      await atServer(`drop role ${role}`);
    },
  };
}
