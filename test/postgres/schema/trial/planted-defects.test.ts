import { beforeAll, describe, expect, it } from 'vitest';
import { verifySchema } from '../../../../src/adapters/postgres/index.js';
import { DEFAULT_HOST, FOREIGN_HOST } from '../../../contracts/support/host-shapes.js';
import { describeWithPostgres } from '../../../support/database.js';
import { openWithRows } from './open-with-rows.js';
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
