import type { AuditLog } from '../ports/audit-log.js';
import type { Capabilities } from '../ports/capabilities.js';
import type { SomeFusedStatements } from '../ports/fused.js';
import type { InAppInbox } from '../ports/in-app-inbox.js';
import type { Notifier } from '../ports/notifier.js';
import type { Outbox } from '../ports/outbox.js';
import type { Queue } from '../ports/queue.js';
import type { Repository } from '../ports/repository.js';

/** The host's own rows, under the default names, in camelCase. */
export interface HostRows {
  readonly automations: readonly { id: string; tenantId: string; name: string }[];
  readonly projects: readonly {
    id: string;
    tenantId: string;
    automationId: string;
    name: string;
    status: string;
    checklistProgress: number;
    ownerId: string | null;
  }[];
  readonly automationVersions: readonly {
    id: string;
    tenantId: string;
    automationId: string;
    /** `null`: the version hangs on no project. */
    projectId: string | null;
    status: string;
    /** The document; a string is taken as its JSON text, to the digit. */
    blueprintJson: unknown;
  }[];
  readonly quotes: readonly {
    id: string;
    tenantId: string;
    automationVersionId: string;
    status: string;
    /** ISO 8601. */
    expiresAt: string | null;
  }[];
  readonly tasks: readonly {
    id: string;
    tenantId: string;
    contextType: string;
    contextId: string;
    kind: string;
    templateSlug: string;
    category: string | null;
    title: string;
    status: string;
    isBlocker: boolean;
  }[];
}

export type HostTable = keyof HostRows;
export type HostRow<Table extends HostTable> = HostRows[Table][number];

/** Rows that the library keeps for itself, under their column names, without generated ids and times. */
export interface LibraryRows {
  readonly bindings: readonly Record<string, unknown>[];
  readonly calls: readonly Record<string, unknown>[];
  readonly messages: readonly Record<string, unknown>[];
  readonly answers: readonly Record<string, unknown>[];
  readonly deliveries: readonly Record<string, unknown>[];
  readonly inAppNotifications: readonly Record<string, unknown>[];
  readonly audit: readonly Record<string, unknown>[];
}

/** The host's side of the database: what its own screens and jobs would do to its own rows. */
export interface HostDatabase {
  readonly insert: (rows: Partial<HostRows>) => Promise<void>;
  /** Writes columns of one row, as the host would: the row version moves, `updatedAt` too where there is one. */
  readonly update: <T extends HostTable>(table: T, id: string, columns: Partial<HostRow<T>>) => Promise<void>;
  readonly remove: (table: HostTable, id: string) => Promise<void>;
  /** Every row of the host, each table sorted by id. */
  readonly read: () => Promise<HostRows>;
  /** Holds the row's lock in a transaction of its own until `release` is called. Only where `concurrent`. */
  readonly lock: (
    table: 'projects' | 'tasks' | 'quotes' | 'automationVersions',
    id: string,
  ) => Promise<{ release: () => Promise<void> }>;
}

/**
 * One empty store, with the default tables and what capabilities it has, for a contract suite. Ids are uuids.
 * `Tx` is whatever the adapter's family uses; the suites never look into it.
 */
export interface StorageHarness<Tx> extends Capabilities<Tx> {
  readonly repository: Repository<Tx>;
  readonly queue: Queue<Tx>;
  readonly auditLog: AuditLog<Tx>;
  readonly inAppNotifier: Notifier;
  readonly inAppInbox: InAppInbox;
  /** Absent where the family has none: then commit and take go through the ports. */
  readonly fused?: SomeFusedStatements;
  /** Absent where no engine can be put behind the store. */
  readonly outbox?: Outbox;
  readonly host: HostDatabase;
  /** Everything the library stored, sorted, so that two stores can be compared. */
  readonly libraryRows: () => Promise<LibraryRows>;
  /** Lets so many milliseconds pass on the store's clock: a real wait, or a turn of an injected clock. */
  readonly passTime: (ms: number) => Promise<void>;
  /** Removes every row, the host's and the library's. */
  readonly clear: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** What the suite of a queue needs of a store: less than a whole storage, so that a queue can be tested on its own. */
export interface QueueHarness<Tx> {
  readonly queue: Queue<Tx>;
  /** Where transactions come from. */
  readonly repository: Pick<Repository<Tx>, 'transaction'>;
  /** The rows of the messages, as they stand; the suite compares them before and after. */
  readonly libraryRows: () => Promise<Pick<LibraryRows, 'messages'>>;
  /** The host's rows, where the store has them too. */
  readonly host?: Pick<HostDatabase, 'read'>;
  /** Lets so many milliseconds pass on the queue's clock: a real wait, or a turn of an injected clock. */
  readonly passTime: (ms: number) => Promise<void>;
  /** Removes every row. */
  readonly clear: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * Something that a host's tables may not be able to hold: where the project points at its version, a project has one
 * version and no other.
 */
export type HostLimit = 'have_several_versions_of_a_project';

/** How a suite gets what it tests. */
export interface UnderTest<Harness> {
  /** Named in the test titles. */
  readonly name: string;
  /** Whether transactions really run side by side. Where they do not, concurrency cases are left out and counted. */
  readonly concurrent: boolean;
  /** What the host behind it has no place for. The cases that need it are left out, named and counted. */
  readonly cannot?: readonly HostLimit[];
  readonly open: () => Promise<Harness>;
}

/** How a suite gets its store. */
export interface StorageUnderTest<Tx> extends UnderTest<StorageHarness<Tx>> {}

/** How the suite of a queue gets one. */
export interface QueueUnderTest<Tx> extends UnderTest<QueueHarness<Tx>> {}
