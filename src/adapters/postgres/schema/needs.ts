import { BUILD_IN_PROGRESS, QA_AND_TESTING } from '../../../core/build/statuses.js';
import type { CompleteMapping } from '../mapping/host-mapping.js';
import type { StatusColumn } from '../mapping/mapped-columns.js';

/** The required type of a column. `status` without an enum is text. */
export type ColumnKind =
  | { readonly is: 'id' | 'text' | 'integer' | 'time' | 'boolean' | 'json' | 'document' | 'any' }
  | {
      readonly is: 'status';
      readonly enum: { readonly schema: string; readonly name: string } | null;
      /** The host's label for each required word, and every other label in the mapping. */
      readonly labels: readonly { readonly word: string; readonly label: string }[];
    };

/** One column that the library uses, and where it is mapped. */
export interface ColumnNeed {
  readonly column: string;
  /** The path in the mapping, for error messages: `projects.status`. */
  readonly mappedBy: string;
  readonly kind: ColumnKind;
}

/** Everything the library does with one table: the required privileges, columns and indexes. */
export interface TableNeed {
  readonly schema: string;
  readonly table: string;
  /** The path in the mapping: `projects`. `null` for the library's own tables. */
  readonly mappedBy: string | null;
  /** Column names; `all` for the library's own tables. */
  readonly select: readonly string[] | 'all';
  readonly insert: readonly string[] | 'all';
  readonly update: readonly string[] | 'all';
  readonly delete: boolean;
  /** Whether rows are locked, which requires a real table and the privilege to update at least one column. */
  readonly locks: boolean;
  readonly columns: readonly ColumnNeed[];
  /** Column lists that must have a unique index. */
  readonly unique: readonly (readonly string[])[];
  /** Column lists that rows are looked up by. Without an index, each lookup scans the whole table. */
  readonly lookups: readonly (readonly string[])[];
}

/** Creates a `ColumnNeed`. */
export const need = (mappedBy: string, column: string, kind: ColumnKind): ColumnNeed => ({
  column,
  mappedBy,
  kind,
});

/** The status words that the library writes or waits for; only the host knows the others. */
const WORDS = {
  build: [BUILD_IN_PROGRESS, QA_AND_TESTING],
  quote: ['signed'],
  task: ['pending', 'complete'],
} as const;

/** The required type of a status column. */
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
