import { auditLogContract } from '../../src/testing/contracts/audit-log.js';
import { fusedContract } from '../../src/testing/contracts/fused.js';
import { inAppNotifierContract } from '../../src/testing/contracts/in-app-notifier.js';
import { queueContract } from '../../src/testing/contracts/queue.js';
import { repositoryContract } from '../../src/testing/contracts/repository.js';
import { describeWithPostgres } from '../support/database.js';
import { textIdsUnderTest } from './support/postgres-under-test.js';

describeWithPostgres('on real Postgres, ids of text', () => {
  repositoryContract(textIdsUnderTest);
  queueContract(textIdsUnderTest);
  auditLogContract(textIdsUnderTest);
  inAppNotifierContract(textIdsUnderTest);
  fusedContract(textIdsUnderTest);
});
