import type { Query, Statement } from '../../drivers/database.js';

/** A trigger that is enabled. */
interface Trigger {
  readonly name: string;
  /** `public.projects`. */
  readonly table: string;
  /** As an error names it: `refuse()`. */
  readonly function: string;
  readonly isBefore: boolean;
  readonly onInsert: boolean;
  readonly onUpdate: boolean;
}

/** A constraint of a table or of a domain, or a unique index without one. */
interface Constraint {
  readonly name: string;
  /** `public.tasks`; `null` for one of a domain. */
  readonly table: string | null;
  /** `CHECK ((kind = 'issue'::text))`. */
  readonly definition: string;
  readonly columns: readonly string[];
}

/** What may have refused a write. */
export interface Suspects {
  readonly triggers: readonly Trigger[];
  readonly constraints: readonly Constraint[];
}

/** What is asked for, by names. */
export interface SuspectNames {
  readonly tables: readonly { readonly schema: string; readonly table: string }[];
  readonly functions: readonly string[];
  readonly constraints: readonly string[];
}

/** Reads the triggers of these tables and functions, and these constraints. */
export async function readSuspects(query: Query, names: SuspectNames): Promise<Suspects> {
  const [row] = await query<{ suspects: string }>(SUSPECTS, [JSON.stringify(names)]);
  return row ? JSON.parse(row.suspects) : { triggers: [], constraints: [] };
}

const named = (what: string) => `(select pg_catalog.jsonb_array_elements_text($1::text::jsonb->'${what}'))`;

/** The bits of `tgtype`: 2 before, 4 insert, 16 update. */
const SUSPECTS: Statement = {
  name: 'wrk_builds_trial_suspects',
  text: `
select pg_catalog.json_build_object(
  'triggers', (
    select coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
        'name', t.tgname, 'table', pg_catalog.format('%s.%s', n.nspname, c.relname), 'function', t.tgfoid::regprocedure::text,
        'isBefore', t.tgtype & 2 <> 0, 'onInsert', t.tgtype & 4 <> 0, 'onUpdate', t.tgtype & 16 <> 0) order by c.relname, t.tgname), '[]')
      from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
     where not t.tgisinternal and t.tgenabled <> 'D' and t.tgparentid = 0
       and ((n.nspname, c.relname) in (
              select x.schema, x."table" from pg_catalog.jsonb_to_recordset($1::text::jsonb->'tables') as x (schema text, "table" text))
            or t.tgfoid::regprocedure::text in ${named('functions')})),
  'constraints', (
    select coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('name', found.name, 'table', found."table", 'definition', found.definition, 'columns', found.columns)), '[]')
      from (
        select k.conname as name, pg_catalog.format('%s.%s', n.nspname, c.relname) as "table", pg_catalog.pg_get_constraintdef(k.oid) as definition, (
            select coalesce(pg_catalog.json_agg(a.attname), '[]') from pg_attribute a where a.attrelid = k.conrelid and a.attnum = any (k.conkey)) as columns
          from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
         where k.conname in ${named('constraints')}
        union all
        select k.conname, null, pg_catalog.pg_get_constraintdef(k.oid), '[]' from pg_constraint k where k.contypid <> 0 and k.conname in ${named('constraints')}
        union all
        select c.relname, pg_catalog.format('%s.%s', n.nspname, t.relname), pg_catalog.regexp_replace(pg_catalog.pg_get_indexdef(c.oid), '^.* USING ', ''), '[]'
          from pg_class c join pg_index i on i.indexrelid = c.oid join pg_class t on t.oid = i.indrelid join pg_namespace n on n.oid = t.relnamespace
         where c.relkind in ('i', 'I') and c.relname in ${named('constraints')}
            and not exists (select from pg_constraint k where k.conindid = c.oid)) found)
)::text as suspects`,
};
