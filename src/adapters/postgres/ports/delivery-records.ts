import type { DeliveryRecords, FinishedDelivery } from '../../../ports/delivery-records.js';
import type { PostgresDatabase } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { deliveryRecordStatements } from '../sql/delivery-records.js';
import { runAgainAfterRace } from '../transactions/retry.js';

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
