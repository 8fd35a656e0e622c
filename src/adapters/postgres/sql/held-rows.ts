import type { Statement } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { keyLock } from './key-lock.js';

/** What a decision may have to wait for, in the order in which decisions lock it. */
type Lockable = 'key' | 'project' | 'version' | 'quote' | 'binding' | 'task';

/** Something that another transaction holds. */
export interface HeldRow {
  readonly what: Lockable;
  readonly id: string;
}

/** The statements of a wait for locks. */
export interface HeldRowStatements {
  readonly limitWait: Statement;
  /** The first that is held of what a request needs. `$1` to `$5`: tenant, version, project, operation, key. */
  readonly heldForRequest: Statement;
  /** The first that is held of what a build needs. `$1` and `$2`: tenant, binding. */
  readonly heldForBuild: Statement;
  /** Waits for one, and for nothing else. `$1` and `$2`: tenant, id. */
  readonly waitFor: Readonly<Record<Lockable, Statement>>;
}

export function heldRowStatements(tables: Tables): HeldRowStatements {
  const id = tables.idType;
  const key = keyLock(`$1::${id}`, '$4::text', '$5::text');
  return {
    limitWait: {
      name: 'wrk_builds_limit_wait',
      text: `select pg_catalog.set_config('lock_timeout', $1::text, true)`,
    },
    heldForRequest: {
      name: 'wrk_builds_wait_for_request',
      text: firstHeld(
        tables,
        `select v.* from ${tables.versions} v where v.tenant_id = $1::${id} and v.id = $2::${id}
  union all
  select v.* from ${tables.projects} p join ${tables.versions} v on ${tables.belongsTo('v', 'p')}
   where p.tenant_id = $1::${id} and p.id = $3::${id}`,
        `select 0 as rank, 'key' as what, (${key})::text as id
   where case when $5::text is null then false else not pg_catalog.pg_try_advisory_xact_lock_shared(${key}) end
  union all`,
      ),
    },
    heldForBuild: {
      name: 'wrk_builds_wait_for_build',
      text: firstHeld(
        tables,
        `select v.* from ${tables.bindings} b
    join ${tables.versions} v on v.id = b.automation_version_id and v.tenant_id = b.tenant_id
   where b.tenant_id = $1::${id} and b.id = $2::uuid`,
      ),
    },
    waitFor: {
      key: {
        name: 'wrk_builds_wait_for_key',
        text: `select pg_catalog.pg_advisory_xact_lock_shared($2::bigint) where $1::${id} is not null`,
      },
      project: waitFor(tables, 'project', tables.projects, id),
      version: waitFor(tables, 'version', tables.versions, id),
      quote: waitFor(tables, 'quote', tables.quotes, id),
      binding: waitFor(tables, 'binding', tables.bindings, 'uuid'),
      task: waitFor(tables, 'task', tables.tasks, id),
    },
  };
}

/**
 * Waits for nothing itself, and its locks are given up with its transaction, before anything is waited for. Share locks, so
 * that many may look at once.
 */
function firstHeld(tables: Tables, version: string, key = ''): string {
  const ofVersion = (table: string) =>
    `select r.id from ${table} r where r.automation_version_id in (select id from version)`;
  const tasks = tables.ofBuild('r', {
    project: (column) => `${column} in (select id from project)`,
    version: (column) => `${column} in (select id from version)`,
  });
  const held = (rank: number, what: Lockable, table: string, rows: string) => `
  select ${rank} as rank, '${what}' as what, r.id::text as id from (${rows}) r
    left join lateral (select true as free from ${table} x where x.id = r.id for share skip locked) mine on true
   where mine.free is null`;
  return `
with version as materialized (
  ${version}
), project as materialized (
  select p.id from ${tables.projects} p where exists (select from version v where ${tables.belongsTo('v', 'p')})
), held as (
  ${key}${[
    held(1, 'project', tables.projects, 'select id from project'),
    held(2, 'version', tables.versions, 'select id from version'),
    held(3, 'quote', tables.quotes, ofVersion(tables.quotes)),
    held(4, 'binding', tables.bindings, ofVersion(tables.bindings)),
    ...tasks.map((condition) =>
      held(5, 'task', tables.tasks, `select r.id from ${tables.tasks} r where ${condition}`),
    ),
  ].join('\n  union all')}
)
select what, id from held order by rank, id limit 1`;
}

const waitFor = (tables: Tables, what: Lockable, table: string, idType: string): Statement => ({
  name: `wrk_builds_wait_for_${what}`,
  text: `select x.id from ${table} x where x.tenant_id = $1::${tables.idType} and x.id = $2::${idType} for share`,
});
