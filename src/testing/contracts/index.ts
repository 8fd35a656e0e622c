// For authors of adapters: what every adapter of a port must pass, as suites of vitest.

export type {
  HostDatabase,
  HostLimit,
  HostRow,
  HostRows,
  HostTable,
  LibraryRows,
  QueueHarness,
  QueueUnderTest,
  StorageHarness,
  StorageUnderTest,
  UnderTest,
} from '../storage-harness.js';
export { auditLogContract } from './audit-log.js';
export { buildViewsContract } from './build-views.js';
export { checklistsContract } from './checklists.js';
export { circuitBreakersContract } from './circuit-breakers.js';
export { deadLettersContract } from './dead-letters.js';
export { deliveryRecordsContract } from './delivery-records.js';
export { type EngineHarness, type EngineUnderTest, engineContract } from './engine.js';
export { fusedContract, throughPorts } from './fused.js';
export { hostSchemaContract } from './host-schema.js';
export { hostTransactionsContract } from './host-transactions.js';
export { inAppNotifierContract } from './in-app-notifier.js';
export { type NotifierHarness, type NotifierUnderTest, notifierContract } from './notifier.js';
export { outboxContract } from './outbox.js';
export { purgeContract } from './purge.js';
export { queueContract } from './queue.js';
export { queueListenerContract } from './queue-listener.js';
export { repositoryContract } from './repository.js';
export { sweepContract } from './sweep.js';
export { workflowHoldersContract } from './workflow-holders.js';
export { type WrkPlatformClientUnderTest, wrkPlatformClientContract } from './wrk-platform-client.js';
