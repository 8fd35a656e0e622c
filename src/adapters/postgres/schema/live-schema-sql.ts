import type { Statement } from '../drivers/database.js';

const list = (json: string, from: string, orderBy = '') =>
  `(select coalesce(pg_catalog.json_agg(${json}${orderBy === '' ? '' : ` order by ${orderBy}`}), '[]') from ${from})`;

/** The type below a domain, whatever domains lie between, and what they refuse. */
const BASE_TYPE = `
  with recursive base as (
    select t.oid, t.typtype, t.typbasetype, a.atttypmod as typmod, t.typnotnull as refuses_null, t.typdefaultbin is not null as has_default
      from pg_type t where t.oid = a.atttypid
    union all
    select t.oid, t.typtype, t.typbasetype, d.typtypmod, base.refuses_null or t.typnotnull, base.has_default or t.typdefaultbin is not null
      from base join pg_type d on d.oid = base.oid join pg_type t on t.oid = base.typbasetype where base.typtype = 'd')
  select base.typmod, base.refuses_null, base.has_default, t.oid, t.typname, t.typcategory, n.nspname
    from base join pg_type t on t.oid = base.oid join pg_namespace n on n.oid = t.typnamespace where base.typtype <> 'd'`;

/** What depends on the column `a`, so that its type cannot be changed. */
const USED_BY = list(
  'distinct used.by',
  `(select case d.classid
            when 'pg_rewrite'::regclass then 'view' when 'pg_policy'::regclass then 'policy' when 'pg_trigger'::regclass then 'trigger'
            when 'pg_attrdef'::regclass then 'expression' when 'pg_proc'::regclass then 'expression'
            when 'pg_constraint'::regclass then case k.contype when 'c' then 'check' when 'p' then 'primary key' when 'n' then null else 'key' end end as by
       from pg_depend d left join pg_constraint k on d.classid = 'pg_constraint'::regclass and k.oid = d.objid
      where d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid and d.refobjsubid = a.attnum
        and not (d.classid = 'pg_attrdef'::regclass and exists (
          select from pg_attrdef own where own.oid = d.objid and own.adrelid = c.oid and own.adnum = a.attnum))
     union all
     select 'partition' from pg_partitioned_table part where part.partrelid = c.oid and a.attnum = any (part.partattrs::int2[])
     union all
     select 'parent' where a.attinhcount > 0) used
     where used.by is not null`,
);

const CLOSED_SEQUENCE = `(
  select pg_catalog.format('%I.%I', n.nspname, s.relname)
    from pg_attrdef default_of join pg_depend d on d.classid = 'pg_attrdef'::regclass and d.objid = default_of.oid
    join pg_class s on d.refclassid = 'pg_class'::regclass and s.oid = d.refobjid
    join pg_namespace n on n.oid = s.relnamespace
   where default_of.adrelid = c.oid and default_of.adnum = a.attnum
     and case when s.relkind = 'S' then not pg_catalog.has_sequence_privilege(s.oid, 'usage') end limit 1)`;

/** The scale of a numeric may be negative, in eleven bits. */
const COLUMN = `pg_catalog.json_build_object(
    'name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod), 'isDomain', base.oid <> a.atttypid,
    'typeSchema', base.nspname, 'typeName', base.typname, 'category', base.typcategory,
    'labels', (select pg_catalog.json_agg(label.enumlabel order by label.enumsortorder) from pg_enum label where label.enumtypid = base.oid),
    'maxLength', case when base.typname in ('varchar', 'bpchar') and base.typmod > 4 then base.typmod - 4 end,
    'maxDigits', case when base.typname = 'numeric' and base.typmod > 4
       then (((base.typmod - 4) >> 16) & 65535) - ((((base.typmod - 4) & 2047) # 1024) - 1024) end,
    'notNull', a.attnotnull or base.refuses_null,
    'required', a.attnum > 0 and (a.attnotnull or base.refuses_null) and not (a.atthasdef or base.has_default) and a.attidentity = '',
    'generated', a.attgenerated, 'alwaysIdentity', a.attidentity = 'a',
    'updatable', c.relkind not in ('v', 'f') or pg_catalog.pg_column_is_updatable(c.oid, a.attnum, true),
    'usedBy', ${USED_BY}, 'closedSequence', ${CLOSED_SEQUENCE},
    'maySelect', pg_catalog.has_column_privilege(c.oid, a.attnum, 'select'),
    'mayInsert', pg_catalog.has_column_privilege(c.oid, a.attnum, 'insert'),
    'mayUpdate', pg_catalog.has_column_privilege(c.oid, a.attnum, 'update'))`;

/** The names of columns by their numbers, in order; null for an expression, whose number is 0. */
const columnNames = (numbers: string, relation: string, upTo = '2147483647') =>
  `(select pg_catalog.json_agg(a.attname order by n)
     from pg_catalog.unnest(${numbers}) with ordinality as numbered (key, n)
     left join pg_attribute a on a.attrelid = ${relation} and a.attnum = key and key <> 0 where n <= ${upTo})`;

const UNIQUE = list(
  `pg_catalog.json_build_object('name', index.relname, 'isConstraint', k.oid is not null, 'isDeferrable', not i.indimmediate,
      'columns', ${columnNames('i.indkey::int2[]', 'c.oid', 'i.indnkeyatts')}, 'isPartial', i.indpred is not null)`,
  `pg_index i join pg_class index on index.oid = i.indexrelid
     left join pg_constraint k on k.conindid = i.indexrelid and k.contype in ('p', 'u')
    where i.indrelid = c.oid and i.indisunique and i.indisvalid`,
  'index.relname',
);

const FOREIGN_KEYS = list(
  `pg_catalog.json_build_object('name', k.conname, 'columns', ${columnNames('k.conkey', 'k.conrelid')},
      'schema', n.nspname, 'table', target.relname, 'references', ${columnNames('k.confkey', 'k.confrelid')})`,
  `pg_constraint k join pg_class target on target.oid = k.confrelid join pg_namespace n on n.oid = target.relnamespace
    where k.conrelid = c.oid and k.contype = 'f' and k.conparentid = 0`,
  'k.conname',
);

const RELATIVES = list(
  `pg_catalog.format('%s.%s', n.nspname, relative.relname)`,
  `pg_inherits i join pg_class relative on relative.oid = case when i.inhrelid = c.oid then i.inhparent else i.inhrelid end
     join pg_namespace n on n.oid = relative.relnamespace where c.oid in (i.inhrelid, i.inhparent)`,
);

/** A rule that replaces a write by one other statement is left out: it may work. */
const RULES = list(
  `pg_catalog.json_build_object('name', r.rulename, 'event', case r.ev_type when '2' then 'update' else 'insert' end)`,
  `pg_rewrite r where r.ev_class = c.oid and r.rulename <> '_RETURN' and r.ev_type in ('2', '3') and r.ev_enabled <> 'D'
     and (not r.is_instead or r.ev_qual <> '<>' or pg_catalog.pg_get_ruledef(r.oid) ~ 'DO INSTEAD\\s+NOTHING')`,
  'r.rulename',
);

const isOpen = (condition: string) => `coalesce(pg_catalog.pg_get_expr(${condition}, c.oid) = 'true', true)`;

const POLICIES = list(
  `pg_catalog.json_build_object('name', p.polname, 'command', p.polcmd, 'isRestrictive', not p.polpermissive,
      'isForRole', exists (select from pg_catalog.unnest(p.polroles) r where case when r = 0 then true else pg_catalog.pg_has_role(r, 'usage') end),
      'isOpen', ${isOpen('p.polqual')} and ${isOpen('p.polwithcheck')})`,
  'pg_policy p where p.polrelid = c.oid',
  'p.polname',
);

/** What a function does in a language that is not trusted, or with an extension that sends, is not undone by a rollback. */
const OUTSIDE_TRIGGERS = list(
  't.tgname',
  `pg_trigger t join pg_proc f on f.oid = t.tgfoid join pg_language l on l.oid = f.prolang
    where t.tgrelid = c.oid and not t.tgisinternal and t.tgenabled <> 'D'
      and (not l.lanpltrusted and l.lanname not in ('internal', 'c')
        or f.prosrc ~* '\\m(dblink\\w*|postgres_fdw_\\w+|http_(get|post|put|patch|delete|head)|http_request|net\\.http\\w*|aws_lambda|pg_background\\w*|pg_file_\\w+|lo_export)\\M|\\mcopy\\M.*\\mprogram\\M')`,
  't.tgname',
);

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

const TABLE = `pg_catalog.json_build_object(
      'schema', c.schema, 'table', c."table", 'kind', c.relkind,
      'columns', (
        select coalesce(pg_catalog.json_agg(${COLUMN} order by a.attnum), '[]')
          from pg_attribute a cross join lateral (${BASE_TYPE}) base
         where a.attrelid = c.oid and not a.attisdropped and (a.attnum > 0 or a.attname = 'xmin')),
      'unique', ${UNIQUE},
      'indexes', ${list(
        columnNames('i.indkey::int2[]', 'c.oid', 'i.indnkeyatts'),
        'pg_index i where i.indrelid = c.oid and i.indisvalid',
      )},
      'partitionKey', coalesce((select ${columnNames('part.partattrs::int2[]', 'c.oid')} from pg_partitioned_table part where part.partrelid = c.oid), '[]'),
      'foreignKeys', ${FOREIGN_KEYS}, 'relatives', ${RELATIVES}, 'rules', ${RULES},
      'mayDelete', pg_catalog.has_table_privilege(c.oid, 'delete'),
      'rowSecurity', c.relrowsecurity and pg_catalog.row_security_active(c.oid),
      'policies', ${POLICIES}, 'outsideTriggers', ${OUTSIDE_TRIGGERS})`;

/** What the catalog says of the tables in `$1`, as one JSON document. */
export const LIVE_SCHEMA: Statement = {
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
    'serverEncoding', pg_catalog.current_setting('server_encoding'),
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
  'tables', ${list(TABLE, 'found c')}
)::text as schema`,
};
