import type { AuditLog } from '../../ports/audit-log.js';
import type { FusedStatements } from '../../ports/fused.js';
import type { InAppInbox } from '../../ports/in-app-inbox.js';
import type { Notifier } from '../../ports/notifier.js';
import type { Outbox } from '../../ports/outbox.js';
import type { Queue } from '../../ports/queue.js';
import type { Repository } from '../../ports/repository.js';
import { postgresAuditLog } from './audit-log.js';
import type { PostgresDatabase } from './database.js';
import { fusedStatements } from './fused.js';
import { postgresInAppInbox } from './in-app-inbox.js';
import { postgresInAppNotifier } from './in-app-notifier.js';
import { withNamedProblems } from './named-problems.js';
import { postgresOutbox } from './outbox.js';
import { postgresQueue } from './queue.js';
import { postgresRepository } from './repository.js';
import { type PostgresOptions, tablesIn } from './tables.js';
import type { PostgresTx } from './transaction.js';

export type {
  ChannelListener,
  Listening,
  PostgresDatabase,
  Query,
  Statement,
  Value,
} from './database.js';
export {
  type DatabaseError,
  type DatabaseErrorCode,
  isDatabaseError,
  type StatementFate,
} from './database-error.js';
export { type DrizzleTransaction, fromDrizzle } from './from-drizzle.js';
export { fromKysely, type KyselyTransaction } from './from-kysely.js';
export { fromPg, type PgTransactionClient } from './from-pg.js';
export { fromPglite, type PgliteTransaction } from './from-pglite.js';
export {
  type CompleteMapping,
  DEFAULT_MAPPING,
  type HostMapping,
  type Place,
  type StatusColumn,
} from './mapping/host-mapping.js';
export { createHostTables, migrate, migrationSql } from './migrate.js';
export { type NodePostgresOptions, nodePostgres } from './node-postgres.js';
export type {
  NodePostgresClient,
  NodePostgresEvents,
  NodePostgresNotification,
  NodePostgresPool,
  NodePostgresQuery,
} from './node-postgres-client.js';
export { type PgliteInstance, pglite } from './pglite.js';
export { grantsSql } from './schema/grants-sql.js';
export { type RowLevelSecurity, rowLevelSecuritySql } from './schema/row-level-security-sql.js';
export { type SchemaReport, verifySchema } from './schema/verify-schema.js';
export type { PostgresOptions } from './tables.js';
export type { PostgresTx } from './transaction.js';

/** Every storage port on one Postgres database, for `createBuilds` to spread. */
export interface PostgresStorage {
  readonly repository: Repository<PostgresTx>;
  readonly queue: Queue<PostgresTx>;
  readonly auditLog: AuditLog<PostgresTx>;
  readonly fused: FusedStatements;
  /** For `outbox`, with an engine. */
  readonly outbox: Outbox;
  /** For `notifiers.inApp`. */
  readonly inAppNotifier: Notifier;
  /** What the host's screens read of what it stores. */
  readonly inAppInbox: InAppInbox;
}

/**
 * Puts the storage ports on Postgres. The tables must be there: see `migrate`.
 *
 * Whatever fails at the database rejects with a `DatabaseError`, within the bounds that the driver was given.
 */
export function postgres(driver: PostgresDatabase, options: PostgresOptions = {}): PostgresStorage {
  const database = withNamedProblems(driver);
  const tables = tablesIn(options);
  return {
    repository: postgresRepository(database, tables, options),
    queue: postgresQueue(database, tables),
    auditLog: postgresAuditLog(database, tables),
    fused: fusedStatements(database, tables),
    outbox: postgresOutbox(database, tables),
    inAppNotifier: postgresInAppNotifier(database, tables),
    inAppInbox: postgresInAppInbox(database, tables),
  };
}
