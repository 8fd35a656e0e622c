import type { CircuitBreakerFacts } from '../../../core/circuit-breaker/circuit-breaker.js';
import type { OpenCircuitBreakerRow, Repository } from '../../../ports/repository.js';
import type { PostgresDatabase } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { type CircuitBreakerRow, circuitBreakerStatements } from '../sql/circuit-breakers.js';
import { type PostgresTx, queryOf } from '../transactions/transaction.js';

type CircuitBreakers = Pick<
  Repository<PostgresTx>,
  'loadCircuitBreakers' | 'loadOpenCircuitBreakers' | 'saveCircuitBreaker'
>;

/** The circuit breakers: a global row and one for each affected tenant, only while calls fail. */
export function circuitBreakersIn(database: PostgresDatabase, tables: Tables): CircuitBreakers {
  const sql = circuitBreakerStatements(tables);
  return {
    loadCircuitBreakers: async (tenantIds) => {
      const rows = await database.query<CircuitBreakerRow>(sql.load, [JSON.stringify(tenantIds)]);
      return rows.map(({ breaker }): CircuitBreakerFacts => JSON.parse(breaker));
    },
    loadOpenCircuitBreakers: async (limit) => {
      const rows = await database.query<CircuitBreakerRow>(sql.loadOpen, [limit]);
      return rows.map(({ breaker }): OpenCircuitBreakerRow => {
        const { tenantId, open } = JSON.parse(breaker);
        return { tenantId, ...open };
      });
    },
    saveCircuitBreaker: async (tx, { tenantId, version, next }) => {
      const { version: nextVersion = null, failures = null, open = null } = next ?? {};
      const row = { tenantId, version, nextVersion, failures, ...open };
      return (await queryOf(tx, database)(sql.save, [JSON.stringify(row)])).length > 0;
    },
  };
}
