import { engineContract } from '../../src/testing/contracts/engine.js';
import { fusedContract, throughPorts } from '../../src/testing/contracts/fused.js';
import { queueListenerContract } from '../../src/testing/contracts/queue-listener.js';
import { queueContracts } from '../contracts/support/storage-contracts.js';
import { describeWithRedis, describeWithRedisAndPostgres, startRedis } from '../support/redis.js';
import { isFull } from '../support/size.js';
import { BULLMQ_VERSIONS, bullmqUnderTest, openBullmq } from './support/bullmq-under-test.js';
import { throughEngine } from './support/through-engine.js';

describeWithRedis.each(BULLMQ_VERSIONS)('%s on a real Redis', (name, classes) => {
  engineContract(bullmqUnderTest(name, classes));
});

describeWithRedisAndPostgres.each(BULLMQ_VERSIONS)(
  '%s on a real Redis and a real Postgres',
  (name, classes) => {
    const underTest = throughEngine(name, async () => {
      const redis = await startRedis();
      const engine = openBullmq(classes, redis.url);
      return {
        ...engine,
        close: async () => {
          await engine.close();
          await redis.stop();
        },
      };
    });
    queueContracts(underTest);
    queueListenerContract(underTest);
    if (isFull) fusedContract(throughPorts(underTest));
  },
);
