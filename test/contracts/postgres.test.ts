import { auditLogContract } from '../../src/testing/contracts/audit-log.js';
import { fusedContract, throughPorts } from '../../src/testing/contracts/fused.js';
import { inAppNotifierContract } from '../../src/testing/contracts/in-app-notifier.js';
import { outboxContract } from '../../src/testing/contracts/outbox.js';
import { queueContract } from '../../src/testing/contracts/queue.js';
import { queueListenerContract } from '../../src/testing/contracts/queue-listener.js';
import { repositoryContract } from '../../src/testing/contracts/repository.js';
import { describeWithPostgres } from '../support/database.js';
import { postgresUnderTest } from './support/postgres-under-test.js';

describeWithPostgres('on real Postgres', () => {
  repositoryContract(postgresUnderTest);
  queueContract(postgresUnderTest);
  outboxContract(postgresUnderTest);
  queueListenerContract(postgresUnderTest);
  auditLogContract(postgresUnderTest);
  inAppNotifierContract(postgresUnderTest);
  fusedContract(postgresUnderTest);
  fusedContract(throughPorts(postgresUnderTest));
});
