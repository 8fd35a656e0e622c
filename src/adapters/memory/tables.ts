import { compositeKey, type Rows, TABLE_NAMES, type TableName } from './rows.js';

/** A stored row. Every write gives it a new version and a new time. */
export interface Stored<Row> {
  readonly id: string;
  readonly row: Row;
  /** The row version: unique in the store and increasing. */
  readonly version: number;
  /** ISO 8601 with microseconds, and different for every write. */
  readonly writtenAt: string;
}

/** Rows by primary key and by the one other column that lookups use. */
interface Table<Row> {
  readonly get: (id: string) => Stored<Row> | undefined;
  readonly all: () => readonly Stored<Row>[];
  readonly group: (key: string) => readonly Stored<Row>[];
  readonly set: (stored: Stored<Row>) => void;
  readonly remove: (id: string) => void;
}

export type Tables = { readonly [Name in TableName]: Table<Rows[Name]> };

function createTable<Row>(groupOf: (row: Row) => string): Table<Row> {
  const rows = new Map<string, Stored<Row>>();
  const groups = new Map<string, Map<string, Stored<Row>>>();

  function remove(id: string): void {
    const stored = rows.get(id);
    if (!stored) return;
    rows.delete(id);
    const key = groupOf(stored.row);
    const group = groups.get(key);
    group?.delete(id);
    if (group?.size === 0) groups.delete(key);
  }

  return {
    get: (id) => rows.get(id),
    all: () => [...rows.values()],
    group: (key) => [...(groups.get(key)?.values() ?? [])],
    set: (stored) => {
      remove(stored.id);
      rows.set(stored.id, stored);
      const key = groupOf(stored.row);
      const group = groups.get(key) ?? new Map<string, Stored<Row>>();
      groups.set(key, group.set(stored.id, stored));
    },
    remove,
  };
}

/** The index key of the messages with one queue and key. */
export function messageGroup(message: { readonly queue: string; readonly key: string }): string {
  return compositeKey(message.queue, message.key);
}

export function createTables(): Tables {
  const ungrouped = () => '';
  return {
    automations: createTable(ungrouped),
    projects: createTable((project) => project.automationId),
    automationVersions: createTable((version) => version.projectId ?? ''),
    quotes: createTable((quote) => quote.automationVersionId),
    tasks: createTable((task) => task.contextId),
    bindings: createTable((binding) => binding.automationVersionId),
    calls: createTable((call) => call.bindingId),
    messages: createTable((message) => messageGroup(message)),
    answers: createTable(ungrouped),
    deliveries: createTable(ungrouped),
    inAppNotifications: createTable(({ tenantId, userId }) => compositeKey(tenantId, userId)),
    audit: createTable((entry) => entry.resourceId),
    claimLimits: createTable(ungrouped),
    circuitBreakers: createTable(ungrouped),
  };
}

/** Writes all rows of one set of tables into another. */
export function copyTables(from: Tables, to: Tables): void {
  function copy<Name extends TableName>(name: Name): void {
    for (const stored of from[name].all()) to[name].set(stored);
  }
  TABLE_NAMES.forEach(copy);
}
