import { BUILD_IN_PROGRESS, QA_AND_TESTING } from '../../../core/build/statuses.js';
import type { CompleteMapping, StatusColumn } from '../mapping/host-mapping.js';

/** What a column has to hold. `status` without an enum is text. */
export type ColumnKind =
  | { readonly is: 'id' | 'text' | 'integer' | 'time' | 'boolean' | 'json' | 'document' | 'any' }
  | {
      readonly is: 'status';
      readonly enum: { readonly schema: string; readonly name: string } | null;
      /** What the host calls each word that has to have a label, and every other label that the mapping names. */
      readonly labels: readonly { readonly word: string; readonly label: string }[];
    };

/** One column that the library uses, and where the mapping says so. */
export interface ColumnNeed {
  readonly column: string;
  /** The path in the mapping, for whoever has to fix it: `projects.status`. */
  readonly mappedBy: string;
  readonly kind: ColumnKind;
}

/** Everything that the library does to one table: what a role has to be granted, and what has to be there. */
export interface TableNeed {
  readonly schema: string;
  readonly table: string;
  /** The path in the mapping: `projects`. `null`: the table is the library's own. */
  readonly mappedBy: string | null;
  /** Columns by name; `all` for a table of the library. */
  readonly select: readonly string[] | 'all';
  readonly insert: readonly string[] | 'all';
  readonly update: readonly string[] | 'all';
  readonly delete: boolean;
  /** Rows are locked, which takes a real table and the right to update at least one column. */
  readonly locks: boolean;
  readonly columns: readonly ColumnNeed[];
  /** Columns that tell one row from all others. */
  readonly unique: readonly (readonly string[])[];
  /** Columns by which rows are looked up; without an index each lookup reads the whole table. */
  readonly lookups: readonly (readonly string[])[];
}

/** Puts one together. */
export const need = (mappedBy: string, column: string, kind: ColumnKind): ColumnNeed => ({
  column,
  mappedBy,
  kind,
});

/** The words that the library writes or waits for; the others are the host's to know. */
const WORDS = {
  build: [BUILD_IN_PROGRESS, QA_AND_TESTING],
  quote: ['signed'],
  task: ['pending', 'complete'],
} as const;

/** What a status column has to be. */
export function statusNeed(
  { schema }: CompleteMapping,
  status: StatusColumn,
  words: keyof typeof WORDS,
): ColumnKind {
  const column = typeof status === 'string' ? { column: status } : status;
  const given = Object.entries(column.labels ?? {}).flatMap(([word, labels]) =>
    [labels].flat().map((label) => ({ word, label })),
  );
  const unnamed = WORDS[words].filter((word) => !given.some((each) => each.word === word));
  return {
    is: 'status',
    enum: column.enum ? { schema: column.enumSchema ?? schema, name: column.enum } : null,
    labels: [...unnamed.map((word) => ({ word, label: word })), ...given],
  };
}
