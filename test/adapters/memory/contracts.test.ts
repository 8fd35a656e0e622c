import { auditLogContract } from '../../../src/testing/contracts/audit-log.js';
import { inAppNotifierContract } from '../../../src/testing/contracts/in-app-notifier.js';
import { queueContract } from '../../../src/testing/contracts/queue.js';
import { repositoryContract } from '../../../src/testing/contracts/repository.js';
import { memoryUnderTest } from './memory-under-test.js';

repositoryContract(memoryUnderTest);
queueContract(memoryUnderTest);
auditLogContract(memoryUnderTest);
inAppNotifierContract(memoryUnderTest);
