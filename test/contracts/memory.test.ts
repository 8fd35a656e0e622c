import { auditLogContract } from '../../src/testing/contracts/audit-log.js';
import { fusedContract, throughPorts } from '../../src/testing/contracts/fused.js';
import { inAppNotifierContract } from '../../src/testing/contracts/in-app-notifier.js';
import { outboxContract } from '../../src/testing/contracts/outbox.js';
import { queueContract } from '../../src/testing/contracts/queue.js';
import { repositoryContract } from '../../src/testing/contracts/repository.js';
import { memoryUnderTest } from './support/memory-under-test.js';

repositoryContract(memoryUnderTest);
queueContract(memoryUnderTest);
outboxContract(memoryUnderTest);
auditLogContract(memoryUnderTest);
inAppNotifierContract(memoryUnderTest);
fusedContract(throughPorts(memoryUnderTest));
