import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  createHostTables,
  grantsSql,
  migrate,
  nodePostgres,
  pglite,
  verifySchema,
} from '../../../../src/adapters/postgres/index.js';
import { DEFAULT_HOST } from '../../../contracts/support/host-shapes.js';
import { serverUrl } from '../../../support/database.js';
import { describeWithPgBouncer, type PgBouncer, startPgBouncer } from '../../../support/pgbouncer.js';
import { poolFor } from '../support.js';
import { openWithRows } from './open-with-rows.js';

const REFUSE = `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
  create trigger refuse before update on projects for each row execute function refuse()`;
const REFUSED = /^The trigger refuse of public\.projects \(function refuse\(\)\) refuses a request/;

describe('The trial of a build in PGlite', () => {
  it('C6: passes, names what refuses, and leaves nothing', { timeout: 120_000 }, async () => {
    const instance = await PGlite.create();
    onTestFinished(() => instance.close());
    const database = pglite(instance);
    await createHostTables(database);
    await migrate(database);
    expect(await verifySchema(database)).toEqual({ mismatches: [], advice: [], trial: 'passed' });
    await instance.exec(REFUSE);
    const { mismatches, trial } = await verifySchema(database);
    expect({ mismatches, trial }).toEqual({ mismatches: [expect.stringMatching(REFUSED)], trial: 'failed' });
    for (const table of [
      'projects',
      'tasks',
      'audit_logs',
      'wrk_builds.workflow_bindings',
      'wrk_builds.messages',
    ])
      expect((await instance.query(`select from ${table}`)).rows).toEqual([]);
  });
});

describeWithPgBouncer('The trial of a build behind PgBouncer', () => {
  let pooler: PgBouncer;
  beforeAll(async () => {
    pooler = await startPgBouncer(serverUrl());
  });
  afterAll(() => pooler?.stop());

  it('C6: passes, names what refuses, and leaves its settings to nobody', async () => {
    const { url, owner, role, close } = await openWithRows(DEFAULT_HOST);
    await owner.query(grantsSql(role));
    const pool = poolFor(pooler.through(url));
    onTestFinished(async () => {
      await pool.end();
      await close();
    });
    const database = nodePostgres(pool, { prepare: false, listen: false });
    expect(await verifySchema(database)).toEqual({ mismatches: [], advice: [], trial: 'passed' });
    await owner.query(REFUSE);
    const reports = await Promise.all(Array.from({ length: 8 }, () => verifySchema(database)));
    for (const { mismatches, trial } of reports) {
      if (trial === 'failed') expect(mismatches).toEqual([expect.stringMatching(REFUSED)]);
      else expect({ mismatches, trial }).toEqual({ mismatches: [], trial: 'not_run' });
    }
    expect(reports.map(({ trial }) => trial)).toContain('failed');
    const settings = await Promise.all(
      Array.from(
        { length: 8 },
        async () => (await pool.query(`select current_setting('lock_timeout') as limit`)).rows[0],
      ),
    );
    for (const setting of settings) expect(setting).toEqual({ limit: '0' });
  });
});
