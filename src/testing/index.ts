export {
  type BuildableProject,
  type BuildableProjectOptions,
  buildableProject,
} from './builders.js';
export { auditLogContract } from './contracts/audit-log.js';
export { buildViewsContract } from './contracts/build-views.js';
export { checklistsContract } from './contracts/checklists.js';
export { circuitBreakersContract } from './contracts/circuit-breakers.js';
export { deadLettersContract } from './contracts/dead-letters.js';
export { deliveryRecordsContract } from './contracts/delivery-records.js';
export { type EngineHarness, type EngineUnderTest, engineContract } from './contracts/engine.js';
export { fusedContract, throughPorts } from './contracts/fused.js';
export { hostSchemaContract } from './contracts/host-schema.js';
export { hostTransactionsContract } from './contracts/host-transactions.js';
export { inAppNotifierContract } from './contracts/in-app-notifier.js';
export { type NotifierHarness, type NotifierUnderTest, notifierContract } from './contracts/notifier.js';
export { outboxContract } from './contracts/outbox.js';
export { purgeContract } from './contracts/purge.js';
export { queueContract } from './contracts/queue.js';
export { queueListenerContract } from './contracts/queue-listener.js';
export { repositoryContract } from './contracts/repository.js';
export { sweepContract } from './contracts/sweep.js';
export {
  type WrkPlatformClientUnderTest,
  wrkPlatformClientContract,
} from './contracts/wrk-platform-client.js';
export type {
  HostDatabase,
  HostRow,
  HostRows,
  HostTable,
  LibraryRows,
  StorageHarness,
  StorageUnderTest,
} from './storage-harness.js';
export { createFakeWrk, type FakeWrk, type FakeWrkRule } from './wrk/fake-wrk.js';
export {
  type FakeWrkAnswer,
  type FakeWrkBehaviour,
  type FakeWrkEnding,
  wrkBehaviour,
} from './wrk/fake-wrk-behaviour.js';
export { type FakeWrkClientOptions, fakeWrkClient } from './wrk/fake-wrk-client.js';
export { fakeWrkHandlers } from './wrk/fake-wrk-handlers.js';
export type { FakeWrkCall, FakeWrkOptions, FakeWrkRequest, FakeWrkWorkflow } from './wrk/fake-wrk-records.js';
export { type FakeWrkServer, startFakeWrkServer } from './wrk/fake-wrk-server.js';
