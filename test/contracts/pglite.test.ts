import { fusedContract } from '../../src/testing/contracts/fused.js';
import { outboxContract } from '../../src/testing/contracts/outbox.js';
import { queueListenerContract } from '../../src/testing/contracts/queue-listener.js';
import { isFull } from '../support/size.js';
import { pgliteUnderTest } from './support/postgres-under-test.js';
import { hostTableContracts, storageContracts } from './support/storage-contracts.js';

// The statements are those of the real server; what differs is the driver.
if (isFull) {
  storageContracts(pgliteUnderTest);
  outboxContract(pgliteUnderTest);
  fusedContract(pgliteUnderTest);
} else hostTableContracts(pgliteUnderTest);
queueListenerContract(pgliteUnderTest);
