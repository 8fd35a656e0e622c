import { expect, it, onTestFinished } from 'vitest';
import { type PgBossNewJob, pgBoss } from '../../src/adapters/pg-boss/index.js';
import { NOTIFICATIONS } from '../../src/core/build/messages.js';
import { createDatabase, describeWithPostgres } from '../support/database.js';
import { startBoss } from './support/pg-boss-under-test.js';

const open = async () => {
  const database = await createDatabase();
  const boss = await startBoss(database.url);
  onTestFinished(async () => {
    await boss.stop({ graceful: false, wait: true });
    await database.drop();
  });
  return boss;
};

describeWithPostgres('The queues of pg-boss', () => {
  it('are made once by many processes that use them first at the same moment', async () => {
    const boss = await open();
    const engines = Array.from({ length: 8 }, () => pgBoss(boss));
    await Promise.all(
      engines.map((engine, index) => engine.add(NOTIFICATIONS, [{ id: `${index}`, delayMs: 0 }])),
    );
    const taken = await pgBoss(boss).receive(NOTIFICATIONS, 10);
    expect(taken.toSorted()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
    expect((await boss.getQueues()).map(({ name }) => name)).toEqual(['wrk-builds-notifications']);
  });

  it('are tried to be made again after a failure, and keep nothing that was taken', async () => {
    const boss = await open();
    let fails = true;
    const engine = pgBoss({
      getQueue: (name) => boss.getQueue(name),
      createQueue: async (name, options) => {
        if (fails) throw new Error('no right to create');
        await boss.createQueue(name, options);
      },
      insert: (jobs: PgBossNewJob[]) => boss.insert(jobs),
      send: (name, data, options) => boss.send(name, data, options),
      fetch: (name, options) => boss.fetch(name, options),
      deleteJob: (name, ids) => boss.deleteJob(name, ids),
    });
    await expect(engine.receive(NOTIFICATIONS, 1)).rejects.toThrow('no right to create');
    fails = false;
    await engine.add(NOTIFICATIONS, [
      { id: 'now', delayMs: 0 },
      { id: 'later', delayMs: 60_000 },
    ]);
    expect(await engine.receive(NOTIFICATIONS, 10)).toEqual(['now']);
    const { rows } = await boss.getDb().executeSql('select data from pgboss.job', []);
    expect(rows).toEqual([{ data: { id: 'later' } }]);
  });
});
