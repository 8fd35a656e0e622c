import { auditLogContract } from '../../../src/testing/contracts/audit-log.js';
import { buildViewsContract } from '../../../src/testing/contracts/build-views.js';
import { checklistsContract } from '../../../src/testing/contracts/checklists.js';
import { circuitBreakersContract } from '../../../src/testing/contracts/circuit-breakers.js';
import { deadLettersContract } from '../../../src/testing/contracts/dead-letters.js';
import { deliveryRecordsContract } from '../../../src/testing/contracts/delivery-records.js';
import { hostSchemaContract } from '../../../src/testing/contracts/host-schema.js';
import { hostTransactionsContract } from '../../../src/testing/contracts/host-transactions.js';
import { inAppNotifierContract } from '../../../src/testing/contracts/in-app-notifier.js';
import { purgeContract } from '../../../src/testing/contracts/purge.js';
import { queueContract } from '../../../src/testing/contracts/queue.js';
import { repositoryContract } from '../../../src/testing/contracts/repository.js';
import { sweepContract } from '../../../src/testing/contracts/sweep.js';
import { workflowHoldersContract } from '../../../src/testing/contracts/workflow-holders.js';
import type { StorageUnderTest } from '../../../src/testing/storage-harness.js';

/** What every storage of ours must do: the required ports, and all capabilities but the listener. */
export function storageContracts<Tx>(underTest: StorageUnderTest<Tx>): void {
  hostTableContracts(underTest);
  buildViewsContract(underTest);
  sweepContract(underTest);
  workflowHoldersContract(underTest);
  circuitBreakersContract(underTest);
  deliveryRecordsContract(underTest);
  inAppNotifierContract(underTest);
  queueContracts(underTest);
}

/** What every queue of ours must do, with an engine behind it or not. */
export function queueContracts<Tx>(underTest: StorageUnderTest<Tx>): void {
  queueContract(underTest);
  deadLettersContract(underTest);
  purgeContract(underTest);
}

/** What reads and writes the host's own tables. */
export function hostTableContracts<Tx>(underTest: StorageUnderTest<Tx>): void {
  repositoryContract(underTest);
  auditLogContract(underTest);
  hostSchemaContract(underTest);
  hostTransactionsContract(underTest);
  checklistsContract(underTest);
}
