import { BUILD_REQUESTS } from '../../../core/build/messages.js';
import type { Sweep, UnresolvedBuild } from '../../../ports/sweep.js';
import type { PostgresDatabase, Statement } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { claimable } from '../sql/claim.js';
import { timeText } from '../sql/facts.js';
import { literal } from '../sql/quoting.js';
import { type PostgresTx, queryOf } from '../transactions/transaction.js';

/** Finds builds that wait without a message, which is a row of the same database. */
export function postgresSweep(database: PostgresDatabase, tables: Tables): Sweep<PostgresTx> {
  const statement = findStranded(tables);
  const [take, again] = [takeUnresolved(tables), followUpAgain(tables)];
  return {
    findStranded: async (tx, { limit, cursor }) => {
      const values = [limit, cursor?.dueAt ?? null, cursor?.bindingId ?? null];
      const rows = await queryOf(tx, database)<StrandedRow>(statement, values);
      const builds = rows.flatMap(({ tenantId, bindingId, requestId, priority }) =>
        tenantId === null
          ? []
          : [{ tenantId, bindingId, requestId: requestId ?? '', priority: priority ?? 0 }],
      );
      const last = rows.find(({ tenantId }) => tenantId === null);
      return { builds, nextCursor: last ? { bindingId: last.bindingId, dueAt: last.dueAt } : null };
    },
    takeUnresolved: ({ limit, leaseMs }) => database.query<UnresolvedBuild>(take, [limit, leaseMs]),
    followUpAgain: async ({ tenantId, bindingId, followUps }, inMs) => {
      await database.query(again, [tenantId, bindingId, followUps, inMs]);
    },
  };
}

/** A stranded build; or, without a tenant, the last build that was checked if there are more. */
interface StrandedRow {
  readonly tenantId: string | null;
  readonly bindingId: string;
  readonly requestId: string | null;
  readonly priority: number | null;
  readonly dueAt: string;
}

/**
 * Checks up to `$1` due builds after the cursor (`$2`, `$3`), and locks those that have no message.
 *
 * However many builds wait, a statement takes only milliseconds. The messages are looked up all at once: a planner that
 * assumes an empty table then scans it once at worst, and not once for each build.
 */
export function findStranded(tables: Tables): Statement {
  const text = `
with looked_at as materialized (
  select b.id, b.run_at from ${tables.bindings} b
   where ${claimable} and ($2::timestamptz is null or (b.run_at, b.id) > ($2::timestamptz, $3::uuid))
   order by b.run_at, b.id limit $1::int
), with_message as materialized (
  select m.key from ${tables.messages} m
   where m.queue = ${literal(BUILD_REQUESTS)} and m.dead_at is null and m.key = any (array(select id::text from looked_at))
), found as materialized (
  select b.* from unnest(array(
      select id from looked_at where id::text not in (select key from with_message))) as without_message (id)
    cross join lateral (
      select b.tenant_id, b.id, b.request_id, b.priority, b.run_at from ${tables.bindings} b
       where b.id = without_message.id and ${claimable} for no key update skip locked) b
)
select b.tenant_id::text as "tenantId", b.id::text as "bindingId", b.request_id as "requestId", b.priority,
       ${timeText('b.run_at')} as "dueAt"
  from found b
union all
(select null, b.id::text, null, null, ${timeText('b.run_at')} from looked_at b
  where (select count(*) from looked_at) >= $1::int order by b.run_at desc, b.id desc limit 1)
 order by 5, 2`;
  return { name: 'wrk_builds_find_stranded', text, replanned: true };
}

/** Takes up to `$1` builds whose follow-up is due, for `$2` milliseconds. */
function takeUnresolved(tables: Tables): Statement {
  const text = `
with due as materialized (
  select id from ${tables.bindings} b where b.follow_up_at <= now()
   order by b.follow_up_at limit $1::int for no key update skip locked
)
update ${tables.bindings} b
   set follow_up_at = now() + $2::int * interval '1 millisecond', follow_ups = b.follow_ups + 1
  from due where b.id = due.id
returning b.tenant_id::text as "tenantId", b.id::text as "bindingId", b.follow_ups as "followUps"`;
  return { name: 'wrk_builds_take_unresolved', text, replanned: true };
}

/** Sets the time of the next follow-up. A run that has begun meanwhile counts from 0 again. */
function followUpAgain(tables: Tables): Statement {
  const text = `
update ${tables.bindings} b set follow_up_at = now() + $4::int * interval '1 millisecond'
 where b.id = $2::uuid and b.tenant_id = $1::${tables.idType} and b.follow_ups = $3::int and b.follow_up_at is not null`;
  return { name: 'wrk_builds_follow_up_again', text };
}
