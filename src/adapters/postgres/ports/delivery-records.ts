import type { DeliveryRecords, FinishedDelivery } from '../../../ports/delivery-records.js';
import type { PostgresDatabase, Statement } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { runAgainAfterRace } from '../transactions/failures.js';

/** What became of each notification, a row for each recipient. */
export function postgresDeliveryRecords(database: PostgresDatabase, tables: Tables): DeliveryRecords {
  const sql = deliveryRecordStatements(tables);
  return {
    findFinished: async (keys) => {
      const asked = keys.map(({ tenantId, key }, n) => ({ n, tenant_id: tenantId, key }));
      const rows = await database.query<{ n: number; status: FinishedDelivery }>(sql.findFinished, [
        JSON.stringify(asked),
      ]);
      const settled = new Map(rows.map(({ n, status }) => [n, status]));
      return keys.map((_, n) => settled.get(n) ?? null);
    },
    save: async (records) => {
      await runAgainAfterRace(() => database.query(sql.save, [JSON.stringify(records)]));
    },
  };
}

/** The statements about what became of each delivery. */
interface DeliveryRecordStatements {
  readonly findFinished: Statement;
  readonly save: Statement;
}

function deliveryRecordStatements({ deliveries, idType: id }: Tables): DeliveryRecordStatements {
  return {
    findFinished: {
      name: 'wrk_builds_find_settled_deliveries',
      text: `
select asked.n, d.status from pg_catalog.jsonb_to_recordset($1::text::jsonb) as asked (n int, tenant_id ${id}, key text)
  join ${deliveries} d on d.key = asked.key and d.tenant_id = asked.tenant_id and d.status <> 'failed'`,
    },
    save: {
      name: 'wrk_builds_save_delivery_records',
      text: `
insert into ${deliveries} as d (key, tenant_id, binding_id, channel, template, recipient_id, status, attempts, problem)
select distinct on (x.key) x.key, x."tenantId", x."bindingId", x.channel, x.template, x."recipientId", x.status, 1, x.problem
  from pg_catalog.jsonb_to_recordset($1::text::jsonb) as x (
    key text, "tenantId" ${id}, "bindingId" uuid, channel text, template text, "recipientId" text, status text, problem text)
 order by x.key
on conflict (key) do update
   set status = excluded.status, problem = excluded.problem, attempts = d.attempts + 1, updated_at = pg_catalog.now()
 where d.status <> 'delivered' and d.tenant_id = excluded.tenant_id`,
    },
  };
}
