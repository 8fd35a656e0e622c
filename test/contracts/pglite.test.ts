import { fusedContract } from '../../src/testing/contracts/fused.js';
import { outboxContract } from '../../src/testing/contracts/outbox.js';
import { queueListenerContract } from '../../src/testing/contracts/queue-listener.js';
import { pgliteUnderTest } from './support/postgres-under-test.js';
import { storageContracts } from './support/storage-contracts.js';

storageContracts(pgliteUnderTest);
outboxContract(pgliteUnderTest);
queueListenerContract(pgliteUnderTest);
fusedContract(pgliteUnderTest);
