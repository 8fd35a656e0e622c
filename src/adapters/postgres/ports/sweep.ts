import type { Sweep } from '../../../ports/sweep.js';
import type { PostgresDatabase } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { findStranded, type StrandedRow } from '../sql/find-stranded.js';
import { type PostgresTx, queryOf } from '../transactions/transaction.js';

/** Finds builds that wait without a message, which is a row of the same database. */
export function postgresSweep(database: PostgresDatabase, tables: Tables): Sweep<PostgresTx> {
  const statement = findStranded(tables);
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
  };
}
