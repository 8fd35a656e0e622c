import { fusedContract } from '../../src/testing/contracts/fused.js';
import { hostTransactionsContract } from '../../src/testing/contracts/host-transactions.js';
import { outboxContract } from '../../src/testing/contracts/outbox.js';
import { queueListenerContract } from '../../src/testing/contracts/queue-listener.js';
import { checklistSuite } from '../adapters/postgres/host-transactions/checklist-suite.js';
import { LIBRARIES_IN_PROCESS } from '../adapters/postgres/host-transactions/host-libraries.js';
import { joinSuite } from '../adapters/postgres/host-transactions/join-suite.js';
import { isFull } from '../support/size.js';
import { pgliteUnderTest } from './support/postgres-under-test.js';
import { storageContracts } from './support/storage-contracts.js';

// All that runs on PGlite stands here, so that it is opened once: that takes longer than all the tests together.

// The statements are those of the real server; what differs is the driver.
if (isFull) {
  storageContracts(pgliteUnderTest);
  outboxContract(pgliteUnderTest);
} else hostTransactionsContract(pgliteUnderTest);
fusedContract(pgliteUnderTest);
queueListenerContract(pgliteUnderTest);

for (const library of LIBRARIES_IN_PROCESS) {
  joinSuite(library);
  checklistSuite(library);
}
