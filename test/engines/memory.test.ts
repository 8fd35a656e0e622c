import { engineContract } from '../../src/testing/contracts/engine.js';
import { fusedContract, throughPorts } from '../../src/testing/contracts/fused.js';
import { queueContracts } from '../contracts/support/storage-contracts.js';
import { memoryEngineUnderTest, memoryOutboxUnderTest } from './support/memory-engine-under-test.js';

engineContract(memoryEngineUnderTest);
queueContracts(memoryOutboxUnderTest);
fusedContract(throughPorts(memoryOutboxUnderTest));
