import type { AuditLog } from '../../ports/audit-log.js';
import type { Capabilities } from '../../ports/capabilities.js';
import type { FusedStatements } from '../../ports/fused.js';
import type { InAppInbox } from '../../ports/in-app-inbox.js';
import type { Notifier } from '../../ports/notifier.js';
import type { Outbox } from '../../ports/outbox.js';
import type { Queue } from '../../ports/queue.js';
import type { Repository } from '../../ports/repository.js';
import type { PostgresDatabase } from './drivers/database.js';
import { checkDatabase } from './mapping/read-options.js';
import { type PostgresOptions, tablesIn } from './mapping/tables.js';
import { postgresAuditLog } from './ports/audit-log.js';
import { postgresBuildViews } from './ports/build-views.js';
import { postgresChecklists } from './ports/checklists.js';
import { postgresCircuitBreakers } from './ports/circuit-breakers.js';
import { postgresDeadLetters } from './ports/dead-letters.js';
import { postgresDeliveryRecords } from './ports/delivery-records.js';
import { fusedStatements } from './ports/fused.js';
import { postgresHostSchema } from './ports/host-schema.js';
import { postgresHostTransactions } from './ports/host-transactions.js';
import { postgresInAppInbox, postgresInAppNotifier } from './ports/in-app.js';
import { postgresOutbox } from './ports/outbox.js';
import { postgresPurge } from './ports/purge.js';
import { postgresQueue } from './ports/queue.js';
import { postgresQueueListener } from './ports/queue-listener.js';
import { postgresRepository } from './ports/repository.js';
import { postgresSweep } from './ports/sweep.js';
import { postgresWorkflowHolders } from './ports/workflow-holders.js';
import { withClassifiedErrors } from './transactions/failures.js';
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
export { fromKnex, type KnexTransaction } from './drivers/from-knex.js';
export { fromKysely, type KyselyTransaction } from './drivers/from-kysely.js';
export { fromPg, type PgTransactionClient } from './drivers/from-pg.js';
export { fromPglite, type PgliteTransaction } from './drivers/from-pglite.js';
export {
  fromPostgresJs,
  type PostgresJsQueries,
  type PostgresJsTransaction,
} from './drivers/from-postgres-js.js';
export { fromPrisma, type PrismaTransaction } from './drivers/from-prisma.js';
export { type NodePostgresOptions, nodePostgres } from './drivers/node-postgres.js';
export type {
  NodePostgresClient,
  NodePostgresEvents,
  NodePostgresNotification,
  NodePostgresPool,
  NodePostgresPoolEvents,
  NodePostgresQuery,
} from './drivers/node-postgres-client.js';
export { type PgliteInstance, type PgliteQueries, pglite } from './drivers/pglite.js';
export {
  type DatabaseError,
  type DatabaseErrorCode,
  isDatabaseError,
  type StatementFate,
} from './errors/database-error.js';
export { type CompleteMapping, DEFAULT_MAPPING, type HostMapping } from './mapping/host-mapping.js';
export type {
  ColumnCondition,
  ColumnReference,
  Constant,
  ParentReference,
  StatusColumn,
  TaskValue,
} from './mapping/mapped-columns.js';
export type { PostgresOptions } from './mapping/tables.js';
export { grantsSql } from './schema/grants-sql.js';
export { createHostTables, migrate, migrationSql } from './schema/migrate.js';
export { type RowLevelSecurity, rowLevelSecuritySql } from './schema/row-level-security-sql.js';
export type { VerifyOptions } from './schema/verify-options.js';
export { type SchemaReport, verifySchema } from './schema/verify-schema.js';
export type { PostgresTx } from './transactions/transaction.js';

/** What does not depend on the driver. */
type Always = Required<Omit<Capabilities<PostgresTx>, 'queueListener'>>;

/**
 * Every storage port and every capability on one Postgres database, for `createBuilds` to spread. It has a `queueListener`
 * where the driver can listen: see `listen` of `nodePostgres`.
 */
export interface PostgresStorage extends Always, Pick<Capabilities<PostgresTx>, 'queueListener'> {
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
 *
 * @throws TypeError that lists every invalid option, or that the database is none, such as a pool by itself
 */
export function postgres(driver: PostgresDatabase, options: PostgresOptions = {}): PostgresStorage {
  checkDatabase('postgres', driver, options);
  const database = withClassifiedErrors(driver);
  const tables = tablesIn(options);
  const queueListener = postgresQueueListener(database, tables);
  const ports = {
    repository: postgresRepository(database, tables),
    queue: postgresQueue(database, tables),
    auditLog: postgresAuditLog(database, tables),
  };
  return {
    ...ports,
    hostSchema: postgresHostSchema(database, tables, options),
    hostTransactions: postgresHostTransactions(database),
    checklists: postgresChecklists(database, tables),
    buildViews: postgresBuildViews(database, tables),
    sweep: postgresSweep(database, tables),
    circuitBreakers: postgresCircuitBreakers(database, tables),
    deliveryRecords: postgresDeliveryRecords(database, tables),
    deadLetters: postgresDeadLetters(database, tables),
    purge: postgresPurge(database, tables),
    workflowHolders: postgresWorkflowHolders(database, tables),
    ...(queueListener && { queueListener }),
    fused: fusedStatements(database, tables, ports),
    outbox: postgresOutbox(database, tables),
    inAppNotifier: postgresInAppNotifier(database, tables),
    inAppInbox: postgresInAppInbox(database, tables),
  };
}
