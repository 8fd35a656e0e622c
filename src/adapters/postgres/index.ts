import type { AuditLog } from '../../ports/audit-log.js';
import type { FusedStatements } from '../../ports/fused.js';
import type { InAppInbox } from '../../ports/in-app-inbox.js';
import type { Notifier } from '../../ports/notifier.js';
import type { Outbox } from '../../ports/outbox.js';
import type { Queue } from '../../ports/queue.js';
import type { Repository } from '../../ports/repository.js';
import type { PostgresDatabase } from './drivers/database.js';
import { withClassifiedErrors } from './errors/with-classified-errors.js';
import { type PostgresOptions, tablesIn } from './mapping/tables.js';
import { postgresAuditLog } from './ports/audit-log.js';
import { fusedStatements } from './ports/fused.js';
import { postgresInAppInbox } from './ports/in-app-inbox.js';
import { postgresInAppNotifier } from './ports/in-app-notifier.js';
import { postgresOutbox } from './ports/outbox.js';
import { postgresQueue } from './ports/queue.js';
import { postgresRepository } from './ports/repository.js';
import type { PostgresTx } from './transactions/transaction.js';

export type {
  ChannelListener,
  Listening,
  PostgresDatabase,
  Query,
  Statement,
  Value,
} from './drivers/database.js';
export { type DrizzleTransaction, fromDrizzle } from './drivers/from-drizzle.js';
export { fromKysely, type KyselyTransaction } from './drivers/from-kysely.js';
export { fromPg, type PgTransactionClient } from './drivers/from-pg.js';
export { fromPglite, type PgliteTransaction } from './drivers/from-pglite.js';
export { type NodePostgresOptions, nodePostgres } from './drivers/node-postgres.js';
export type {
  NodePostgresClient,
  NodePostgresEvents,
  NodePostgresNotification,
  NodePostgresPool,
  NodePostgresQuery,
} from './drivers/node-postgres-client.js';
export { type PgliteInstance, pglite } from './drivers/pglite.js';
export {
  type DatabaseError,
  type DatabaseErrorCode,
  isDatabaseError,
  type StatementFate,
} from './errors/database-error.js';
export {
  type ColumnReference,
  type CompleteMapping,
  DEFAULT_MAPPING,
  type HostMapping,
  type StatusColumn,
} from './mapping/host-mapping.js';
export type { PostgresOptions } from './mapping/tables.js';
export { grantsSql } from './schema/grants-sql.js';
export { createHostTables, migrate, migrationSql } from './schema/migrate.js';
export { type RowLevelSecurity, rowLevelSecuritySql } from './schema/row-level-security-sql.js';
export { type SchemaReport, verifySchema } from './schema/verify-schema.js';
export type { PostgresTx } from './transactions/transaction.js';

/** Every storage port on one Postgres database, for `createBuilds` to spread. */
export interface PostgresStorage {
  readonly repository: Repository<PostgresTx>;
  readonly queue: Queue<PostgresTx>;
  readonly auditLog: AuditLog<PostgresTx>;
  readonly fused: FusedStatements;
  /** For the option `outbox`, together with an engine. */
  readonly outbox: Outbox;
  /** For `notifiers.inApp`. */
  readonly inAppNotifier: Notifier;
  /** Reads the stored in-app notifications, for the host's screens. */
  readonly inAppInbox: InAppInbox;
}

/**
 * Creates the storage ports on Postgres. The tables must exist: see `migrate`.
 *
 * Every database failure rejects with a `DatabaseError`, within the time limits of the driver.
 */
export function postgres(driver: PostgresDatabase, options: PostgresOptions = {}): PostgresStorage {
  const database = withClassifiedErrors(driver);
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
