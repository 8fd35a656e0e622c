import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  createHostTables,
  migrate,
  nodePostgres,
  verifySchema,
} from '../../../../src/adapters/postgres/index.js';
import {
  AGENCY_HOST,
  DEFAULT_HOST,
  FOREIGN_HOST,
  TEXT_ID_HOST,
} from '../../../contracts/support/host-shapes.js';
import { createDatabase, describeWithPostgres } from '../../../support/database.js';
import { poolFor } from '../support.js';
import { oneOf } from './one-of.js';
import { openWithRows } from './open-with-rows.js';
import {
  AGENCY_DEFECTS,
  DEFECTS_IN_CATALOG,
  DEFECTS_IN_TRIAL,
  FOREIGN_DEFECTS,
  TEXT_ID_DEFECTS,
} from './planted-defects.js';
import { underChange } from './under-change.js';

describeWithPostgres('verifySchema, on a schema with a planted defect', () => {
  describe.each([
    {
      name: 'the default tables',
      shape: DEFAULT_HOST,
      defects: [...DEFECTS_IN_CATALOG, ...DEFECTS_IN_TRIAL],
    },
    { name: 'the tables of a foreign host', shape: FOREIGN_HOST, defects: FOREIGN_DEFECTS },
    { name: 'the tables of an agency', shape: AGENCY_HOST, defects: AGENCY_DEFECTS },
    { name: 'ids of text', shape: TEXT_ID_HOST, defects: TEXT_ID_DEFECTS },
  ])('of $name', ({ shape, defects }) => {
    let opened: Awaited<ReturnType<typeof openWithRows>>;
    beforeAll(async () => {
      opened = await openWithRows(shape);
      return opened.close;
    });

    it.each(oneOf(defects, 6))(
      'C6: $what',
      async ({ sql, afterGrants, options = shape.options, says, since = 0 }) => {
        const { owner, role, version } = opened;
        if (version < since) return;
        const report = await underChange(owner, { sql, afterGrants, options, role }, (database) =>
          verifySchema(database, options),
        );
        expect(report.mismatches.join('\n'), JSON.stringify(report, null, 1)).toMatch(new RegExp(says, 'm'));
        expect(report.mismatches.join('\n'), 'names and never values').not.toMatch(/secret/);
      },
    );
  });

  it('C6: in an encoding that lacks characters', async () => {
    const { owner, close } = await openSchemaIn('LATIN1');
    onTestFinished(close);
    const { mismatches } = await verifySchema(nodePostgres(owner));
    expect(mismatches).toEqual([
      "The database has the encoding LATIN1, which has no place for every text that people and WRK write: create one with `encoding 'UTF8' template template0`, and restore a dump of this one into it.",
    ]);
  });
});

async function openSchemaIn(encoding: string) {
  const { url, drop } = await createDatabase(`encoding '${encoding}' locale 'C' template template0`);
  const owner = poolFor(url);
  await createHostTables(nodePostgres(owner));
  await migrate(nodePostgres(owner));
  return {
    owner,
    close: async () => {
      await owner.end();
      await drop();
    },
  };
}
