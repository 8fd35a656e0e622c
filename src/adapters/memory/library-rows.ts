import type { View } from './store.js';

type ColumnValues = Readonly<Record<string, unknown>>;

/** The library's own rows, under the column names of the default tables, without generated ids and times. */
export interface MemoryLibraryRows {
  readonly bindings: readonly Record<string, unknown>[];
  readonly calls: readonly Record<string, unknown>[];
  readonly messages: readonly Record<string, unknown>[];
  readonly answers: readonly Record<string, unknown>[];
  readonly deliveries: readonly Record<string, unknown>[];
  readonly inAppNotifications: readonly Record<string, unknown>[];
  readonly audit: readonly Record<string, unknown>[];
}

/** Columns whose name is not simply the property in snake_case. */
const COLUMN_NAMES: Readonly<Record<string, string>> = {
  workflowId: 'wrk_workflow_id',
  workflowUrl: 'wrk_workflow_url',
  metadata: 'metadata_json',
  answer: 'answer_json',
  data: 'data_json',
};

const TIMES: readonly string[] = [
  'runAt',
  'leaseUntil',
  'handedUntil',
  'startedAt',
  'closedAt',
  'createdAt',
  'updatedAt',
  'deadAt',
  'readAt',
];

function columns(row: object, leaveOut: readonly string[] = []): Record<string, unknown> {
  const kept = Object.entries(row).filter(([name]) => !TIMES.includes(name) && !leaveOut.includes(name));
  const named = kept.map(([name, value]) => [
    COLUMN_NAMES[name] ?? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    value,
  ]);
  return structuredClone(Object.fromEntries(named));
}

function sorted(rows: readonly Record<string, unknown>[]): readonly Record<string, unknown>[] {
  const text = (row: ColumnValues) => JSON.stringify(Object.entries(row).sort());
  return rows
    .map((row) => ({ row, order: text(row) }))
    .sort((left, right) => (left.order < right.order ? -1 : 1))
    .map(({ row }) => row);
}

/** Returns a sorted copy of everything the library stored, so that two stores can be compared. */
export function readLibraryRows(view: View): MemoryLibraryRows {
  return {
    bindings: sorted(view.all('bindings').map(({ row }) => columns(row))),
    calls: sorted(view.all('calls').map(({ row }) => columns(row, ['id']))),
    messages: sorted(
      view
        .all('messages')
        .map(({ row }) => ({ ...columns(row, ['id', 'handOvers']), binding_id: row.body.bindingId })),
    ),
    answers: sorted(view.all('answers').map(({ row }) => columns(row))),
    deliveries: sorted(view.all('deliveries').map(({ row }) => columns(row))),
    inAppNotifications: sorted(view.all('inAppNotifications').map(({ row }) => columns(row, ['id']))),
    audit: sorted(view.all('audit').map(({ row }) => columns(row))),
  };
}
