import { HOST_CONSTRAINTS } from './host-constraints.js';
import type { MemoryHostRow, MemoryHostRows, MemoryHostTable } from './host-rows.js';
import { byId } from './project-facts.js';
import type { Store } from './store.js';
import { beginTransaction, rowLock, type Transaction } from './transaction.js';
import type { Transactions } from './transactions.js';
import { taskSlugLock } from './write-decision.js';

/** The host's side of the store: what the host's own screens and jobs would do with its rows. */
export interface MemoryHost {
  /** Adds rows, all or none. Throws if they violate a constraint of the default tables. */
  readonly insert: (rows: Partial<MemoryHostRows>) => Promise<void>;
  /** Updates columns of one row; waits for its lock. The row version and `updatedAt` change. */
  readonly update: <Table extends MemoryHostTable>(
    table: Table,
    id: string,
    columns: Partial<MemoryHostRow<Table>>,
  ) => Promise<void>;
  /** Removes a row if it exists; waits for its lock. Throws while another row refers to it. */
  readonly remove: (table: MemoryHostTable, id: string) => Promise<void>;
  /** Returns a copy of all rows of the host, each table sorted by id. */
  readonly read: () => Promise<MemoryHostRows>;
  /** Holds the row's lock, as an open transaction would, until `release` is called. */
  readonly lock: (table: MemoryHostTable, id: string) => Promise<{ release: () => Promise<void> }>;
}

export function createHost(store: Store, transactions: Transactions): MemoryHost {
  async function write<Table extends MemoryHostTable>(
    transaction: Transaction,
    table: Table,
    columns: MemoryHostRow<Table>,
  ) {
    const row = HOST_CONSTRAINTS[table].prepare(columns);
    const problem = HOST_CONSTRAINTS[table].problem(row, transaction);
    if (problem !== null) throw new Error(`${table} ${row.id} cannot be written: ${problem}.`);
    transaction.put(table, row.id, row);
  }

  async function insertAll<Table extends MemoryHostTable>(
    transaction: Transaction,
    table: Table,
    rows: readonly MemoryHostRow<Table>[] = [],
  ) {
    for (const row of rows) {
      await transaction.lock(rowLock(table, row.id));
      if (transaction.get(table, row.id)) throw new Error(`${table} ${row.id} already exists.`);
      await write(transaction, table, row);
    }
  }

  function allOf<Table extends MemoryHostTable>(table: Table) {
    return store.committed
      .all(table)
      .map(({ row }) => structuredClone(row))
      .sort(byId);
  }

  return {
    insert: (rows) =>
      transactions.alone(async (transaction) => {
        for (const task of rows.tasks ?? []) await transaction.lock(taskSlugLock(task));
        // Parents before children, so that one call may add both.
        await insertAll(transaction, 'automations', rows.automations);
        await insertAll(transaction, 'projects', rows.projects);
        await insertAll(transaction, 'automationVersions', rows.automationVersions);
        await insertAll(transaction, 'quotes', rows.quotes);
        await insertAll(transaction, 'tasks', rows.tasks);
      }),

    update: (table, id, columns) =>
      transactions.alone(async (transaction) => {
        await transaction.lock(rowLock(table, id));
        const stored = transaction.get(table, id);
        if (!stored) throw new Error(`There is no row ${id} in ${table}.`);
        await write(transaction, table, { ...stored.row, ...columns, id });
      }),

    remove: (table, id) =>
      transactions.alone(async (transaction) => {
        await transaction.lock(rowLock(table, id));
        if (!transaction.get(table, id)) return;
        if (HOST_CONSTRAINTS[table].isReferenced(id, transaction)) {
          throw new Error(`${table} ${id} cannot be removed: another row refers to it.`);
        }
        transaction.remove(table, id);
      }),

    read: async () => ({
      automations: allOf('automations'),
      projects: allOf('projects'),
      automationVersions: allOf('automationVersions').map((version) => ({
        ...version,
        blueprintJson: JSON.parse(version.blueprintJson),
      })),
      quotes: allOf('quotes').map((quote) => ({
        ...quote,
        expiresAt: quote.expiresAt === null ? null : new Date(quote.expiresAt).toISOString(),
      })),
      tasks: allOf('tasks'),
    }),

    lock: async (table, id) => {
      const open = beginTransaction(store);
      await open.transaction.lock(rowLock(table, id));
      return { release: async () => open.rollback() };
    },
  };
}
