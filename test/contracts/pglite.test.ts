import { auditLogContract } from '../../src/testing/contracts/audit-log.js';
import { fusedContract } from '../../src/testing/contracts/fused.js';
import { inAppNotifierContract } from '../../src/testing/contracts/in-app-notifier.js';
import { outboxContract } from '../../src/testing/contracts/outbox.js';
import { queueContract } from '../../src/testing/contracts/queue.js';
import { queueListenerContract } from '../../src/testing/contracts/queue-listener.js';
import { repositoryContract } from '../../src/testing/contracts/repository.js';
import { pgliteUnderTest } from './support/postgres-under-test.js';

repositoryContract(pgliteUnderTest);
queueContract(pgliteUnderTest);
outboxContract(pgliteUnderTest);
queueListenerContract(pgliteUnderTest);
auditLogContract(pgliteUnderTest);
inAppNotifierContract(pgliteUnderTest);
fusedContract(pgliteUnderTest);
