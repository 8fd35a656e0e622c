import { engineContract } from '../../src/testing/contracts/engine.js';
import { fusedContract, throughPorts } from '../../src/testing/contracts/fused.js';
import { queueContract } from '../../src/testing/contracts/queue.js';
import { memoryEngineUnderTest, memoryOutboxUnderTest } from './support/memory-engine-under-test.js';

engineContract(memoryEngineUnderTest);
queueContract(memoryOutboxUnderTest);
fusedContract(throughPorts(memoryOutboxUnderTest));
