import type { Statement } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { keyLock } from './key-lock.js';

/** The smaller statements of the repository. */
export interface RepositoryStatements {
  readonly limitWait: Statement;
  readonly waitForRequest: Statement;
  readonly waitForBuild: Statement;
  readonly extendLeases: Statement;
}

/** True, once the CTE has run. */
const after = (cte: string) => `(select pg_catalog.count(*) from ${cte}) >= 0`;

export function repositoryStatements(tables: Tables): RepositoryStatements {
  const id = tables.idType;
  // The key comes first, while no row is locked, and then the rows in the order in which every decision locks them: each CTE
  // reads the one before, since nothing else says which of them Postgres runs first. Share locks, so that concurrent waiters
  // continue together.
  const wait = (version: string, key = 'select where false') => `
with version as materialized (${version}),
key as materialized (${key}),
project as materialized (
  select p.id from ${tables.projects} p where exists (select from version v where ${tables.belongsTo('v', 'p')}) and ${after('key')} order by p.id for share
), itself as materialized (
  select v.id from ${tables.versions} v where v.id in (select id from version) and ${after('project')} order by v.id for share
), quote as materialized (
  select q.id from ${tables.quotes} q where q.automation_version_id in (select id from version) and ${after('itself')} order by q.id for share
), binding as materialized (
  select b.id from ${tables.bindings} b where b.automation_version_id in (select id from version) and ${after('quote')} order by b.id for share
), task as materialized (
  select t.id from ${tables.tasks} t
   where t.project_id in (select id from project) and ${after('binding')} order by t.id for share
)
select (select pg_catalog.count(*) from key) + (select pg_catalog.count(*) from project) + (select pg_catalog.count(*) from itself) + (select pg_catalog.count(*) from quote)
     + (select pg_catalog.count(*) from binding) + (select pg_catalog.count(*) from task) as rows_free`;
  return {
    limitWait: {
      name: 'wrk_builds_limit_wait',
      text: `select pg_catalog.set_config('lock_timeout', $1::text, true)`,
    },
    waitForRequest: {
      name: 'wrk_builds_wait_for_request',
      text: wait(
        `
  select v.* from ${tables.versions} v where v.tenant_id = $1::${id} and v.id = $2::${id}
  union all
  select v.* from ${tables.projects} p join ${tables.versions} v on ${tables.belongsTo('v', 'p')}
   where p.tenant_id = $1::${id} and p.id = $3::${id}`,
        `select pg_catalog.pg_advisory_xact_lock_shared(${keyLock(`$1::${id}`, '$4::text', '$5::text')}) where $5::text is not null`,
      ),
    },
    waitForBuild: {
      name: 'wrk_builds_wait_for_build',
      text: wait(`
  select v.* from ${tables.bindings} b
    join ${tables.versions} v on v.id = b.automation_version_id and v.tenant_id = b.tenant_id
   where b.tenant_id = $1::${id} and b.id = $2::uuid`),
    },
    extendLeases: {
      name: 'wrk_builds_extend_leases',
      text: `
with held as (select * from pg_catalog.jsonb_to_recordset($1::text::jsonb) as held (n int, tenant_id ${id}, binding_id uuid, fence int))
update ${tables.bindings} b set lease_until = pg_catalog.now() + $2::int * interval '1 millisecond'
  from held
 where b.id = held.binding_id and b.tenant_id = held.tenant_id and b.fence = held.fence
   and b.status = 'pending' and b.lease_until > pg_catalog.now()
returning held.n`,
    },
  };
}
