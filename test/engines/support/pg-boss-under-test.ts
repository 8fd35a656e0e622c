import { setTimeout as sleep } from 'node:timers/promises';
import PgBoss from 'pg-boss';
import { pgBoss } from '../../../src/adapters/pg-boss/index.js';
import type { EngineUnderTest } from '../../../src/testing/contracts/engine.js';
import { createDatabase } from '../../support/database.js';

/** A pg-boss in the database of `url`, started as a host would. */
export async function startBoss(url: string): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString: url, max: 4, supervise: false, schedule: false });
  boss.on('error', () => {});
  await boss.start();
  return boss;
}

/** pg-boss over a real Postgres. */
export const pgBossUnderTest: EngineUnderTest = {
  name: 'pg-boss 10',
  open: async () => {
    const database = await createDatabase();
    const boss = await startBoss(database.url);
    return {
      open: () => pgBoss(boss),
      passTime: (ms) => sleep(ms),
      flush: () => boss.clearStorage(),
      close: async () => {
        await boss.stop({ graceful: false, wait: true });
        await database.drop();
      },
    };
  },
};
