import { beforeAll, expect, it } from 'vitest';
import { verifySchema } from '../../../../src/adapters/postgres/index.js';
import { DEFAULT_HOST } from '../../../contracts/support/host-shapes.js';
import { describeWithPostgres } from '../../../support/database.js';
import { oneOf } from './one-of.js';
import { openWithRows } from './open-with-rows.js';
import { SOUND_SCHEMAS } from './sound-schemas.js';
import { underChange } from './under-change.js';

describeWithPostgres('verifySchema, on a schema that works', () => {
  let opened: Awaited<ReturnType<typeof openWithRows>>;
  beforeAll(async () => {
    opened = await openWithRows(DEFAULT_HOST);
    return opened.close;
  });

  it.each(oneOf(SOUND_SCHEMAS, 4))('C6: accuses nobody, with $what', async (schema) => {
    const { sql, afterGrants, options = {}, advises, since = 0 } = schema;
    const { owner, role, version } = opened;
    if (version < since) return;
    const report = await underChange(owner, { sql, afterGrants, options, role }, (database) =>
      verifySchema(database, options),
    );
    expect(report).toEqual({
      mismatches: [],
      advice: advises ? [expect.stringMatching(advises)] : [],
      trial: 'passed',
    });
  });
});
