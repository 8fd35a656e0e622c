import { fusedContract, throughPorts } from '../../src/testing/contracts/fused.js';
import { outboxContract } from '../../src/testing/contracts/outbox.js';
import { memoryUnderTest } from './support/memory-under-test.js';
import { storageContracts } from './support/storage-contracts.js';

storageContracts(memoryUnderTest);
outboxContract(memoryUnderTest);
fusedContract(throughPorts(memoryUnderTest));
