export { buildableProject } from './builders.js';
export { auditLogContract } from './contracts/audit-log.js';
export { fusedContract, throughPorts } from './contracts/fused.js';
export { inAppNotifierContract } from './contracts/in-app-notifier.js';
export { notifierContract } from './contracts/notifier.js';
export { queueContract } from './contracts/queue.js';
export { repositoryContract } from './contracts/repository.js';
export { wrkPlatformClientContract } from './contracts/wrk-platform-client.js';
export type { HostDatabase, HostRow, HostRows, HostTable, LibraryRows, StorageHarness, StorageUnderTest } from './storage-harness.js';
