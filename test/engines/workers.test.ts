import { describeWithPostgres } from '../support/database.js';
import { describeWithRedisAndPostgres } from '../support/redis.js';
import { BULLMQ_VERSIONS, bullmqUnderTest } from './support/bullmq-under-test.js';
import { pgBossUnderTest } from './support/pg-boss-under-test.js';
import { workerSuite } from './support/worker-suite.js';

describeWithPostgres('on real Postgres', () => {
  workerSuite(pgBossUnderTest);
});

describeWithRedisAndPostgres.each(BULLMQ_VERSIONS)('with %s on a real Redis', (name, classes) => {
  workerSuite(bullmqUnderTest(name, classes));
});
