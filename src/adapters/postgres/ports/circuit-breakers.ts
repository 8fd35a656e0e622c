import type { GateFacts } from '../../../core/circuit-breaker/circuit-breaker.js';
import type { ClosedGateRow, Repository } from '../../../ports/repository.js';
import type { PostgresDatabase } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { type GateRow, gateStatements } from '../sql/circuit-breakers.js';
import { type PostgresTx, queryOf } from '../transactions/transaction.js';

type Gates = Pick<Repository<PostgresTx>, 'loadGates' | 'loadClosedGates' | 'saveGate'>;

/** The gates towards WRK: one row for everyone and one for a tenant, while something is wrong. */
export function gatesIn(database: PostgresDatabase, tables: Tables): Gates {
  const sql = gateStatements(tables);
  return {
    loadGates: async (tenantIds) => {
      const rows = await database.query<GateRow>(sql.load, [JSON.stringify(tenantIds)]);
      return rows.map(({ gate }): GateFacts => JSON.parse(gate));
    },
    loadClosedGates: async (limit) => {
      const rows = await database.query<GateRow>(sql.loadClosed, [limit]);
      return rows.map(({ gate }): ClosedGateRow => {
        const { tenantId, closed } = JSON.parse(gate);
        return { tenantId, ...closed };
      });
    },
    saveGate: async (tx, { tenantId, version, next }) => {
      const { version: nextVersion = null, failures = null, closed = null } = next ?? {};
      const row = { tenantId, version, nextVersion, failures, ...closed };
      return (await queryOf(tx, database)(sql.save, [JSON.stringify(row)])).length > 0;
    },
  };
}
