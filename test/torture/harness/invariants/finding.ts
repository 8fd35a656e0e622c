import type { History } from '../history.js';

/** Something that the checker found. A `window` is one that is documented, and of which ops were told. */
export interface Finding {
  readonly invariant: number;
  readonly kind: 'violation' | 'window';
  readonly text: string;
}

/** Looks for what breaks one invariant. */
export type Invariant = (history: History) => readonly Finding[];

export const violation = (invariant: number, text: string): Finding => ({
  invariant,
  kind: 'violation',
  text,
});

/** Rows by one of their columns. */
export function groupBy<Row, Key>(rows: readonly Row[], keyOf: (row: Row) => Key): ReadonlyMap<Key, Row[]> {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}
