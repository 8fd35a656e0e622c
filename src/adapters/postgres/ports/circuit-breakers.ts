import type { CircuitBreakerRecord } from '../../../core/build/circuit-breaker-facts.js';
import type { CircuitBreakers, OpenCircuitBreakerRow } from '../../../ports/circuit-breakers.js';
import type { PostgresDatabase } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { type CircuitBreakerRow, circuitBreakerStatements } from '../sql/circuit-breakers.js';
import { type PostgresTx, queryOf } from '../transactions/transaction.js';

/** Circuit breakers: one row for everyone and one for a tenant, while something is wrong. */
export function postgresCircuitBreakers(
  database: PostgresDatabase,
  tables: Tables,
): CircuitBreakers<PostgresTx> {
  const sql = circuitBreakerStatements(tables);
  return {
    load: async (tenantIds) => {
      const rows = await database.query<CircuitBreakerRow>(sql.load, [JSON.stringify(tenantIds)]);
      return rows.map(({ breaker }): CircuitBreakerRecord => JSON.parse(breaker));
    },
    loadOpen: async (limit) => {
      const rows = await database.query<CircuitBreakerRow>(sql.loadOpen, [limit]);
      return rows.map(({ breaker }): OpenCircuitBreakerRow => {
        const { tenantId, open } = JSON.parse(breaker);
        return { tenantId, ...open };
      });
    },
    save: async (tx, { tenantId, version, next }) => {
      const { version: nextVersion = null, open = null, ...counted } = next ?? {};
      const row = { tenantId, version, nextVersion, ...counted, ...open };
      return (await queryOf(tx, database)(sql.save, [JSON.stringify(row)])).length > 0;
    },
  };
}
