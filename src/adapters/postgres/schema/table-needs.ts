import { completeMapping } from '../mapping/host-mapping.js';
import type { PostgresOptions } from '../tables.js';
import type { ColumnNeed } from './column-needs.js';
import { hostTableNeeds } from './host-table-needs.js';
import { ownTableNeeds } from './own-table-needs.js';

/** Everything that the library does to one table: what a role has to be granted, and what has to be there. */
export interface TableNeed {
  readonly schema: string;
  readonly table: string;
  /** The place in the mapping: `projects`. `null`: the table is the library's own. */
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

/** Everything that the library needs of a database. */
export function tableNeeds(options: PostgresOptions): readonly TableNeed[] {
  return [...hostTableNeeds(completeMapping(options.host)), ...ownTableNeeds(options)];
}
