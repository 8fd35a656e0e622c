import { pgBoss } from '../../src/adapters/pg-boss/index.js';
import { engineContract } from '../../src/testing/contracts/engine.js';
import { fusedContract, throughPorts } from '../../src/testing/contracts/fused.js';
import { queueListenerContract } from '../../src/testing/contracts/queue-listener.js';
import { queueContracts } from '../contracts/support/storage-contracts.js';
import { createDatabase, describeWithPostgres } from '../support/database.js';
import { isFull } from '../support/size.js';
import { pgBossUnderTest, startBoss } from './support/pg-boss-under-test.js';
import { throughEngine } from './support/through-engine.js';

describeWithPostgres('pg-boss 10 on a real Postgres', () => {
  const underTest = throughEngine('pg-boss 10', async () => {
    const database = await createDatabase();
    const boss = await startBoss(database.url);
    return {
      ...pgBoss(boss),
      close: async () => {
        await boss.stop({ graceful: false, wait: true });
        await database.drop();
      },
    };
  });
  engineContract(pgBossUnderTest);
  queueContracts(underTest);
  queueListenerContract(underTest);
  if (isFull) fusedContract(throughPorts(underTest));
});
