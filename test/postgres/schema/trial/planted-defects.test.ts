import { beforeAll, describe, expect, it } from 'vitest';
import {
  migrate,
  nodePostgres,
  type PostgresOptions,
  verifySchema,
} from '../../../../src/adapters/postgres/index.js';
import { buildableProject } from '../../../../src/testing/builders.js';
import { DEFAULT_HOST, FOREIGN_HOST, type HostShape } from '../../../contracts/support/host-shapes.js';
import { createDatabase, describeWithPostgres } from '../../../support/database.js';
import { poolFor } from '../support.js';
import { DEFECTS_IN_CATALOG, DEFECTS_IN_TRIAL, FOREIGN_DEFECTS } from './planted-defects.js';
import { underChange } from './under-change.js';

describeWithPostgres('verifySchema, on a schema with a planted defect', () => {
  describe.each([
    {
      name: 'the default tables',
      shape: DEFAULT_HOST,
      defects: [...DEFECTS_IN_CATALOG, ...DEFECTS_IN_TRIAL],
    },
    { name: 'the tables of a foreign host', shape: FOREIGN_HOST, defects: FOREIGN_DEFECTS },
  ])('of $name', ({ shape, defects }) => {
    let opened: Awaited<ReturnType<typeof openWithRows>>;
    beforeAll(async () => {
      opened = await openWithRows(shape);
      return opened.close;
    });

    it.each(defects)('C6: $what', async ({ sql, afterGrants, options = shape.options, says, since = 0 }) => {
      const { owner, role, version } = opened;
      if (version < since) return;
      const report = await underChange(owner, { sql, afterGrants, options, role }, (database) =>
        verifySchema(database, options),
      );
      expect(report.mismatches.join('\n'), JSON.stringify(report, null, 1)).toMatch(new RegExp(says, 'm'));
      expect(report.mismatches.join('\n'), 'names and never values').not.toMatch(/secret/);
    });
  });
});

async function openWithRows(shape: HostShape) {
  const { url, drop } = await createDatabase();
  const owner = poolFor(url);
  await shape.createTables(nodePostgres(owner));
  await migrate(nodePostgres(owner), shape.options);
  const host = shape.host(async (text, values = []) => (await owner.query(text, [...values])).rows);
  for (const name of ['first', 'second']) await host.insert(buildableProject({ name }).rows);
  const role = `worker_${new URL(url).pathname.slice(-12)}`;
  await owner.query(`create role ${role}`);
  const [row] = (await owner.query(`select current_setting('server_version_num')::int as version`)).rows;
  return {
    owner,
    role,
    version: Number(row?.version),
    close: async () => {
      await owner.query(`drop owned by ${role}; drop role ${role}`);
      await owner.end();
      await drop();
    },
  };
}
