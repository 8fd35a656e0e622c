import type { Query } from '../drivers/database.js';
import { LIVE_SCHEMA } from './live-schema-sql.js';
import type { TableNeed } from './needs.js';

/** A column in the live database. */
export interface LiveColumn {
  readonly name: string;
  /** As Postgres writes it: `character varying(20)`. */
  readonly type: string;
  readonly isDomain: boolean;
  /** The schema and the name of the type, or of the base type of a domain. */
  readonly typeSchema: string;
  readonly typeName: string;
  /** `pg_type.typcategory`: S text, N number, D time, B boolean, E enum. A domain has the category of its base type. */
  readonly category: string;
  /** The labels of an enum; `null` for other types. */
  readonly labels: readonly string[] | null;
  /** How many characters a `varchar(n)` or `char(n)` takes; `null`: as many as there are. */
  readonly maxLength: number | null;
  /** How many digits a `numeric(p, s)` takes before the decimal point; `null`: it is no such type. */
  readonly maxDigits: number | null;
  /** Whether null is refused, by the column or by its domain. */
  readonly notNull: boolean;
  /** Null is refused and there is no default: an insert has to set it. */
  readonly required: boolean;
  /** `pg_attribute.attgenerated`: s stored, v virtual; empty for a column that can be written. */
  readonly generated: string;
  /** Whether it is an identity column that takes no other value. */
  readonly alwaysIdentity: boolean;
  /** Whether it is a column that can be written, as those of some views cannot. */
  readonly updatable: boolean;
  /** What depends on the column: `view`, `policy`, `trigger`, `expression`, `check`, `key`, `primary key`, `partition` or `parent`. */
  readonly usedBy: readonly string[];
  /** The sequence that its default draws from, if the role may not use it. */
  readonly closedSequence: string | null;
  readonly maySelect: boolean;
  readonly mayInsert: boolean;
  readonly mayUpdate: boolean;
}

/** A unique index or constraint. */
export interface LiveUnique {
  readonly name: string;
  readonly isConstraint: boolean;
  readonly isDeferrable: boolean;
  /** Its columns in their order; `null` for an expression. */
  readonly columns: readonly (string | null)[];
  readonly isPartial: boolean;
}

/** A foreign key. */
export interface LiveForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  readonly schema: string;
  readonly table: string;
  readonly references: readonly string[];
}

/** A policy of row-level security. */
export interface LivePolicy {
  readonly name: string;
  /** `pg_policy.polcmd`: * all, r select, a insert, w update, d delete. */
  readonly command: string;
  readonly isForRole: boolean;
  readonly isRestrictive: boolean;
  /** Whether it lets every row through. */
  readonly isOpen: boolean;
}

/** A table in the live database. */
export interface LiveTable {
  readonly schema: string;
  readonly table: string;
  /** `pg_class.relkind`: r table, p partitioned table, v view, m materialized view, f foreign table. */
  readonly kind: string;
  readonly columns: readonly LiveColumn[];
  readonly unique: readonly LiveUnique[];
  /** Columns of each index, in their order; `null` for an expression. */
  readonly indexes: readonly (readonly (string | null)[])[];
  /** The columns that rows are partitioned by; `null` for an expression. */
  readonly partitionKey: readonly (string | null)[];
  readonly foreignKeys: readonly LiveForeignKey[];
  /** The tables that it inherits from, or is a partition of, and those that inherit from it, as `schema.name`. */
  readonly relatives: readonly string[];
  /** Rules that do something beside a write, or instead of it. `event` is `insert` or `update`. */
  readonly rules: readonly { readonly name: string; readonly event: string }[];
  readonly mayDelete: boolean;
  /** Row-level security hides rows from this role. */
  readonly rowSecurity: boolean;
  readonly policies: readonly LivePolicy[];
  /** Triggers whose functions may do something that no transaction takes back. */
  readonly outsideTriggers: readonly string[];
}

/** The parts of the live database that the library uses. */
export interface LiveSchema {
  readonly role: string;
  readonly serverVersion: number;
  readonly readOnly: boolean;
  readonly missingSchemas: readonly string[];
  /** Schemas that the role may not use. */
  readonly closedSchemas: readonly string[];
  /** Functions of the library that the role may not execute, as `schema.name(arguments)`. */
  readonly closedFunctions: readonly string[];
  readonly tables: readonly LiveTable[];
  readonly settings: LiveSettings;
}

/** What the role's sessions begin with, as far as it changes what statements do. */
interface LiveSettings {
  readonly isolation: string;
  readonly replicationRole: string;
  readonly clientEncoding: string;
  readonly serverEncoding: string;
  /** The schemas that are searched, in their order, with `pg_catalog` where it stands. */
  readonly searchPath: readonly string[];
  /** Operators in those schemas that statements of the library would use instead of the built-in ones. */
  readonly hostileOperators: readonly string[];
}

/** Reads the catalog entries of these tables in one statement. */
export async function readLiveSchema(
  query: Query,
  tables: readonly Pick<TableNeed, 'schema' | 'table'>[],
): Promise<LiveSchema> {
  const asked = tables.map(({ schema, table }) => ({ schema, table }));
  const [row] = await query<{ schema: string }>(LIVE_SCHEMA, [JSON.stringify(asked)]);
  if (!row) throw new Error('The database returned no row for its schema.');
  return JSON.parse(row.schema);
}
