import type { Statement } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { findBuilds } from './find-builds.js';
import { findChangedBuilds } from './find-changed-builds.js';
import { findStranded } from './find-stranded.js';
import { keyLock } from './key-lock.js';
import { removeOld } from './remove-old.js';

/** The smaller statements of the repository. */
export interface RepositoryStatements {
  readonly limitWait: Statement;
  readonly waitForRequest: Statement;
  readonly waitForBuild: Statement;
  readonly extendLeases: Statement;
  readonly findBuilds: Statement;
  readonly findChangedBuilds: Statement;
  readonly findStranded: Statement;
  readonly findSettledDeliveries: Statement;
  readonly saveDeliveryRecords: Statement;
  readonly countHeld: Statement;
  readonly purgeAnswers: Statement;
  readonly purgeDeliveryRecords: Statement;
}

export function repositoryStatements(tables: Tables): RepositoryStatements {
  const id = tables.idType;
  // The key comes first, while no row is locked. Then the project, which every decision locks first: once it is free, the
  // other rows usually are too. Share locks, so that concurrent waiters continue together.
  const wait = (version: string, key = 'select where false') => `
with version as materialized (${version}),
key as materialized (${key}),
project as materialized (
  select p.id from ${tables.projects} p where exists (select from version v where ${tables.belongsTo('v', 'p')}) order by p.id for share
), itself as materialized (
  select v.id from ${tables.versions} v where v.id in (select id from version) order by v.id for share
), quote as materialized (
  select q.id from ${tables.quotes} q where q.automation_version_id in (select id from version) order by q.id for share
), binding as materialized (
  select b.id from ${tables.bindings} b where b.automation_version_id in (select id from version) order by b.id for share
), task as materialized (
  select t.id from ${tables.tasks} t
   where t.project_id in (select id from project) order by t.id for share
)
select (select count(*) from key) + (select count(*) from project) + (select count(*) from itself) + (select count(*) from quote)
     + (select count(*) from binding) + (select count(*) from task) as rows_free`;
  return {
    limitWait: { name: 'wrk_builds_limit_wait', text: `select set_config('lock_timeout', $1::text, true)` },
    waitForRequest: {
      name: 'wrk_builds_wait_for_request',
      text: wait(
        `
  select v.* from ${tables.versions} v where v.tenant_id = $1::${id} and v.id = $2::${id}
  union all
  select v.* from ${tables.projects} p join ${tables.versions} v on ${tables.belongsTo('v', 'p')}
   where p.tenant_id = $1::${id} and p.id = $3::${id}`,
        `select pg_advisory_xact_lock_shared(${keyLock(`$1::${id}`, '$4::text', '$5::text')}) where $5::text is not null`,
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
with held as (select * from jsonb_to_recordset($1::text::jsonb) as held (n int, tenant_id ${id}, binding_id uuid, fence int))
update ${tables.bindings} b set lease_until = now() + $2::int * interval '1 millisecond'
  from held
 where b.id = held.binding_id and b.tenant_id = held.tenant_id and b.fence = held.fence
   and b.status = 'pending' and b.lease_until > now()
returning held.n`,
    },
    findBuilds: findBuilds(tables),
    findChangedBuilds: findChangedBuilds(tables),
    findStranded: findStranded(tables),
    findSettledDeliveries: {
      name: 'wrk_builds_find_settled_deliveries',
      text: `
select asked.n, d.status from jsonb_to_recordset($1::text::jsonb) as asked (n int, tenant_id ${id}, key text)
  join ${tables.deliveries} d on d.key = asked.key and d.tenant_id = asked.tenant_id and d.status <> 'failed'`,
    },
    countHeld: {
      name: 'wrk_builds_count_held',
      text: `select count(*)::int as count from ${tables.bindings} b where b.status = 'pending' and b.lease_until > now()`,
    },
    purgeAnswers: removeOld('wrk_builds_purge_answers', tables.answers, 'created_at'),
    purgeDeliveryRecords: removeOld('wrk_builds_purge_delivery_records', tables.deliveries, 'updated_at'),
    saveDeliveryRecords: {
      name: 'wrk_builds_save_delivery_records',
      text: `
insert into ${tables.deliveries} as d (key, tenant_id, binding_id, channel, template, recipient_id, status, attempts, problem)
select distinct on (x.key) x.key, x."tenantId", x."bindingId", x.channel, x.template, x."recipientId", x.status, 1, x.problem
  from jsonb_to_recordset($1::text::jsonb) as x (
    key text, "tenantId" ${id}, "bindingId" uuid, channel text, template text, "recipientId" text, status text, problem text)
 order by x.key
on conflict (key) do update
   set status = excluded.status, problem = excluded.problem, attempts = d.attempts + 1, updated_at = now()
 where d.status <> 'delivered' and d.tenant_id = excluded.tenant_id`,
    },
  };
}
