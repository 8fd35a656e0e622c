import type { DeadLetter, DeadLetters } from '../../../ports/dead-letters.js';
import type { PostgresDatabase, Statement } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { isId } from '../rows/rows.js';
import { runAgainAfterRace } from '../transactions/failures.js';
import { withBody } from './queue.js';

/** Messages that nobody will handle without a command. */
export function postgresDeadLetters(database: PostgresDatabase, tables: Tables): DeadLetters {
  const sql = deadLetterStatements(tables);
  return {
    list: async ({ tenantId, limit }) => {
      if (!isId(tables.idType, tenantId)) return [];
      const rows = await database.query<DeadLetter>(sql.list, [tenantId, limit]);
      return rows.map(withBody);
    },
    redrive: async ({ tenantId, limit, ids }) => {
      if (!isId(tables.idType, tenantId)) return 0;
      const named = ids && JSON.stringify(ids.filter((id) => /^\d{1,18}$/.test(id)));
      const rows = await runAgainAfterRace(() =>
        database.query<{ readonly count: number }>(sql.redrive, [tenantId, limit, named ?? null]),
      );
      return rows[0]?.count ?? 0;
    },
  };
}

/** The statements about dead letters, which stay until a command. */
interface DeadLetterStatements {
  readonly list: Statement;
  readonly redrive: Statement;
}

function deadLetterStatements(tables: Tables): DeadLetterStatements {
  return {
    list: {
      name: 'wrk_builds_dead_letters',
      text: `
select id::text, queue, tenant_id::text as "tenantId", body::text, delivery_count as "deliveryCount", dead_reason as reason
  from ${tables.messages} where tenant_id = $1::${tables.idType} and dead_at is not null order by dead_at desc, id limit $2::int`,
    },
    // Deletes the dead letter and inserts a new message, since only an insert can yield to a waiting message with the same
    // key. An id that is not one of the tenant's dead letters matches nothing.
    redrive: {
      name: 'wrk_builds_redrive',
      text: `
with removed as (
  delete from ${tables.messages} gone where gone.ctid = any (array(
    select m.ctid from ${tables.messages} m
     where m.tenant_id = $1::${tables.idType} and m.dead_at is not null
       and ($3::text is null or m.id in (select named::bigint from pg_catalog.jsonb_array_elements_text($3::text::jsonb) named))
     order by m.dead_at, m.id limit $2::int for update skip locked))
  returning gone.*
), back as (
  insert into ${tables.messages} (queue, key, tenant_id, binding_id, body, run_at, priority, created_at)
  select distinct on (queue, key) queue, key, tenant_id, binding_id, body, pg_catalog.now(), priority, created_at
    from removed order by queue, key, dead_at desc
  on conflict (queue, key) where dead_at is null do nothing
  returning id
)
select pg_catalog.count(*)::int as count from back`,
    },
  };
}
