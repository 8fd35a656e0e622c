import { auditLogContract } from '../../src/testing/contracts/audit-log.js';
import { fusedContract, throughPorts } from '../../src/testing/contracts/fused.js';
import { inAppNotifierContract } from '../../src/testing/contracts/in-app-notifier.js';
import { queueContract } from '../../src/testing/contracts/queue.js';
import { repositoryContract } from '../../src/testing/contracts/repository.js';
import { describeWithPostgres } from '../support/database.js';
import { foreignHostUnderTest } from './support/postgres-under-test.js';

describeWithPostgres('on real Postgres, the tables of a foreign host', () => {
  repositoryContract(foreignHostUnderTest);
  queueContract(foreignHostUnderTest);
  auditLogContract(foreignHostUnderTest);
  inAppNotifierContract(foreignHostUnderTest);
  fusedContract(foreignHostUnderTest);
  fusedContract(throughPorts(foreignHostUnderTest));
});
