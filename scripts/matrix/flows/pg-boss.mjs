import { outbox } from 'wrk-builds';
import { pgBoss } from 'wrk-builds/pg-boss';
import { buildOnPostgres } from './on-postgres.mjs';
import { startBoss } from './start-boss.mjs';

await buildOnPostgres(async (url, storage) => {
  const boss = await startBoss(url);
  const throughEngine = outbox(pgBoss(boss), storage);
  return {
    storage: throughEngine,
    close: async () => {
      await throughEngine.close();
      await boss.stop({ graceful: false, wait: true, close: true });
    },
  };
});
