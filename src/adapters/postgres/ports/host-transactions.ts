import type { HostTransactions } from '../../../ports/host-transactions.js';
import type { PostgresDatabase } from '../drivers/database.js';
import { inSavepoint } from '../transactions/savepoint.js';
import type { PostgresTx } from '../transactions/transaction.js';

/** A savepoint in a transaction of the host's, on its connection. */
export function postgresHostTransactions(database: PostgresDatabase): HostTransactions<PostgresTx> {
  return { savepoint: async (tx, work, options) => inSavepoint(tx, database, work, options) };
}
