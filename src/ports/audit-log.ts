import type { AuditEntry } from '../core/build/audit-entries.js';

/** An audit entry as stored. */
export interface StoredAuditEntry extends AuditEntry {
  readonly id: string;
  /** ISO 8601, the database's time. */
  readonly createdAt: string;
}

/** Records who did what to which build. Entries are inserted and read, never changed or removed. */
export interface AuditLog<Tx> {
  /** The database behind it; see `Repository.database`. */
  readonly database: object;

  /** Adds entries in the transaction of the change they record: if the audit fails, the change fails. */
  readonly append: (tx: Tx, entries: readonly AuditEntry[]) => Promise<void>;

  /** The entries about one resource of one tenant, oldest first. */
  readonly list: (of: {
    readonly tenantId: string;
    readonly resourceId: string;
  }) => Promise<readonly StoredAuditEntry[]>;
}
