import { fusedContract, throughPorts } from '../../src/testing/contracts/fused.js';
import { outboxContract } from '../../src/testing/contracts/outbox.js';
import { queueListenerContract } from '../../src/testing/contracts/queue-listener.js';
import { describeWithPostgres } from '../support/database.js';
import { isFull } from '../support/size.js';
import { postgresUnderTest } from './support/postgres-under-test.js';
import { storageContracts } from './support/storage-contracts.js';

describeWithPostgres('on real Postgres', () => {
  storageContracts(postgresUnderTest);
  outboxContract(postgresUnderTest);
  queueListenerContract(postgresUnderTest);
  fusedContract(postgresUnderTest);
  if (isFull) fusedContract(throughPorts(postgresUnderTest));
});
