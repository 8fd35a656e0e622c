import type { PostgresDatabase } from '../drivers/database.js';
import type { TableNeed } from './needs.js';

/** A column in the live database. */
export interface LiveColumn {
  readonly name: string;
  /** As Postgres writes it: `character varying(20)`. */
  readonly type: string;
  readonly typeSchema: string;
  readonly typeName: string;
  /** `pg_type.typcategory`: S text, N number, D time, B boolean, E enum. A domain has the category of its base type. */
  readonly category: string;
  /** The labels of an enum; `null` for other types. */
  readonly labels: readonly string[] | null;
  /** NOT NULL without a default: an insert has to set it. */
  readonly required: boolean;
  readonly maySelect: boolean;
  readonly mayInsert: boolean;
  readonly mayUpdate: boolean;
}

/** A table in the live database. */
export interface LiveTable {
  readonly schema: string;
  readonly table: string;
  /** `pg_class.relkind`: r table, p partitioned table, v view, m materialized view, f foreign table. */
  readonly kind: string;
  readonly columns: readonly LiveColumn[];
  /** Columns of each unique index, sorted. */
  readonly unique: readonly (readonly string[])[];
  /** Columns of each index, in their order. */
  readonly indexes: readonly (readonly string[])[];
  readonly mayDelete: boolean;
  /** Row-level security hides rows from this role. */
  readonly rowSecurity: boolean;
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
  /** The schemas that are searched, in their order, with `pg_catalog` where it stands. */
  readonly searchPath: readonly string[];
  /** Operators in those schemas that statements of the library would use instead of the built-in ones. */
  readonly hostileOperators: readonly string[];
}

/** Reads the catalog entries of these tables in one statement. */
export async function readLiveSchema(
  database: PostgresDatabase,
  needs: readonly TableNeed[],
): Promise<LiveSchema> {
  const asked = needs.map(({ schema, table }) => ({ schema, table }));
  const [row] = await database.query<{ schema: string }>(LIVE_SCHEMA, [JSON.stringify(asked)]);
  if (!row) throw new Error('The database returned no row for its schema.');
  return JSON.parse(row.schema);
}

const COLUMN = `pg_catalog.json_build_object(
    'name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod), 'typeSchema', base_schema.nspname, 'typeName', base.typname,
    'category', base.typcategory,
    'labels', (select pg_catalog.json_agg(label.enumlabel order by label.enumsortorder) from pg_enum label where label.enumtypid = base.oid),
    'required', a.attnotnull and not a.atthasdef and a.attidentity = '',
    'maySelect', pg_catalog.has_column_privilege(c.oid, a.attnum, 'select'),
    'mayInsert', pg_catalog.has_column_privilege(c.oid, a.attnum, 'insert'),
    'mayUpdate', pg_catalog.has_column_privilege(c.oid, a.attnum, 'update'))`;

/**
 * Built-in operators win only where their types match exactly, so one on `varchar` or on an enum of the host would be used.
 * Those of an extension are about the extension's own types.
 */
const HOSTILE_OPERATORS = `
    select coalesce(pg_catalog.json_agg(distinct pg_catalog.format('%I.%s (%s, %s)', n.nspname, o.oprname, pg_catalog.format_type(o.oprleft, null), pg_catalog.format_type(o.oprright, null))), '[]')
      from pg_operator o join pg_namespace n on n.oid = o.oprnamespace
     where n.nspname = any (pg_catalog.current_schemas(false)) and n.nspname <> 'pg_catalog'
       and o.oprname in ('=', '<>', '<', '<=', '>', '>=', '+', '-', '*', '/', '||', '->', '->>', '#>', '#>>', '?', '@>')
       and not exists (
         select from pg_type t where t.oid in (o.oprleft, o.oprright) and t.typtype not in ('e', 'd')
            and t.typnamespace <> (select oid from pg_namespace where nspname = 'pg_catalog'))
       and not exists (select from pg_depend d where d.objid = o.oid and d.classid = 'pg_operator'::regclass and d.deptype = 'e')`;

const LIVE_SCHEMA = {
  name: 'wrk_builds_live_schema',
  text: `
with asked as (
  select distinct schema, "table" from pg_catalog.jsonb_to_recordset($1::text::jsonb) as asked (schema text, "table" text)
), found as (
  select asked.*, c.oid, c.relkind, c.relrowsecurity from asked
    join pg_namespace n on n.nspname = asked.schema
    join pg_class c on c.relnamespace = n.oid and c.relname = asked."table" and c.relkind in ('r', 'p', 'v', 'm', 'f')
)
select pg_catalog.json_build_object(
  'role', current_user,
  'serverVersion', pg_catalog.current_setting('server_version_num')::int,
  'readOnly', pg_catalog.pg_is_in_recovery() or pg_catalog.current_setting('transaction_read_only') = 'on',
  'settings', pg_catalog.json_build_object(
    'isolation', pg_catalog.current_setting('default_transaction_isolation'),
    'replicationRole', pg_catalog.current_setting('session_replication_role'),
    'clientEncoding', pg_catalog.current_setting('client_encoding'),
    'searchPath', pg_catalog.current_schemas(true),
    'hostileOperators', (${HOSTILE_OPERATORS})),
  'missingSchemas', (
    select coalesce(pg_catalog.json_agg(distinct asked.schema), '[]') from asked
     where not exists (select from pg_namespace n where n.nspname = asked.schema)),
  'closedSchemas', (
    select coalesce(pg_catalog.json_agg(distinct asked.schema), '[]') from asked join pg_namespace n on n.nspname = asked.schema
     where not pg_catalog.has_schema_privilege(n.oid, 'usage')),
  'closedFunctions', (
    select coalesce(pg_catalog.json_agg(distinct pg_catalog.format('%I.%I(text)', n.nspname, p.proname)), '[]')
      from asked join pg_namespace n on n.nspname = asked.schema
      join pg_proc p on p.pronamespace = n.oid and p.proname = 'refuse_lost_write'
     where not pg_catalog.has_function_privilege(p.oid, 'execute')),
  'tables', (
    select coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
      'schema', c.schema, 'table', c."table", 'kind', c.relkind,
      'columns', (
        select coalesce(pg_catalog.json_agg(${COLUMN} order by a.attnum), '[]')
          from pg_attribute a join pg_type t on t.oid = a.atttypid
          join pg_type base on base.oid = case when t.typtype = 'd' then t.typbasetype else t.oid end
          join pg_namespace base_schema on base_schema.oid = base.typnamespace
         where a.attrelid = c.oid and not a.attisdropped and (a.attnum > 0 or a.attname = 'xmin')),
      'unique', (
        select coalesce(pg_catalog.json_agg((
          select pg_catalog.json_agg(a.attname order by a.attname) from pg_catalog.unnest(i.indkey::int2[]) key join pg_attribute a on a.attrelid = c.oid and a.attnum = key)), '[]')
          from pg_index i where i.indrelid = c.oid and i.indisunique and i.indisvalid),
      'indexes', (
        select coalesce(pg_catalog.json_agg((
          select pg_catalog.json_agg(a.attname order by n) from pg_catalog.unnest(i.indkey::int2[]) with ordinality as k (key, n)
            join pg_attribute a on a.attrelid = c.oid and a.attnum = k.key)), '[]')
          from pg_index i where i.indrelid = c.oid and i.indisvalid),
      'mayDelete', pg_catalog.has_table_privilege(c.oid, 'delete'),
      'rowSecurity', c.relrowsecurity and pg_catalog.row_security_active(c.oid))), '[]') from found c)
)::text as schema`,
};
