import { TABLE_NAMES } from '../../../../../src/adapters/memory/rows.js';
import { storageOn } from '../../../../../src/adapters/memory/storage.js';
import { createStore } from '../../../../../src/adapters/memory/store.js';
import { systemRuntime } from '../../../../../src/runtime/system-runtime.js';

const nothing = async () => {};

/** What no write leaves as it was. */
export interface Marks {
  readonly rows: number;
  readonly highest: number;
}

/** The audit entry of a refused command: the one thing that it leaves. */
const isRefusal = (row: object) => 'actionType' in row && row.actionType === 'command_refused';

/**
 * The storage in memory, and the marks of all its rows but those of refused commands: every write gives a row a new one, higher than any before, also
 * a write of what was there already. To look at marks costs far less than to look at the rows themselves.
 */
export function markedStorage() {
  const store = createStore(systemRuntime);
  return {
    storage: { ...storageOn(store), passTime: nothing, close: nothing },
    marks: (): Marks => {
      const marks = { rows: 0, highest: 0 };
      for (const table of TABLE_NAMES) {
        for (const { row, version } of store.committed.all(table)) {
          if (isRefusal(row)) continue;
          marks.rows += 1;
          if (version > marks.highest) marks.highest = version;
        }
      }
      return marks;
    },
    writtenAfter: (highest: number): string[] =>
      TABLE_NAMES.flatMap((table) => {
        const written = store.committed
          .all(table)
          .filter(({ row, version }) => version > highest && !isRefusal(row));
        return written.map(({ row }) => `${table}: ${JSON.stringify(row)}`);
      }),
  };
}
