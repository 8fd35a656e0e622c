import type { Result } from 'neverthrow';
import type { BuildFacts, ClaimedBuild } from '../../../core/build/facts.js';
import { NO_LIMITS } from '../../../ports/claim-limits.js';
import type { BuildReference, Repository } from '../../../ports/repository.js';
import type { PostgresDatabase, Query, Statement, Value } from '../drivers/database.js';
import { refusalOf } from '../errors/refusal.js';
import type { Tables } from '../mapping/tables.js';
import {
  buildFacts,
  claimedBuild,
  decisionRows,
  isId,
  isOfOwnRows,
  isUuid,
  limitValues,
} from '../rows/rows.js';
import { type BuildRow, loadBuilds, loadOwnRows } from '../sql/build-facts.js';
import { addMissingBuckets, type ClaimedRow, claim } from '../sql/claim.js';
import { commit, type VerdictRow } from '../sql/commit.js';
import { commitOwnRows } from '../sql/commit-own-rows.js';
import { extendLeases } from '../sql/extend-leases.js';
import { heldRowStatements } from '../sql/held-rows.js';
import { runAgainAfterRace } from '../transactions/failures.js';
import { trackFailure } from '../transactions/track-failure.js';
import { closeTx, openTx, type PostgresTx, queryOf } from '../transactions/transaction.js';
import { waitForLocks } from '../transactions/wait-for-locks.js';
import { requestLoader } from './load-request-facts.js';

/** Thrown inside a driver's transaction to roll it back when the work returned an `err`. */
const ROLLBACK = new Error('The work returned an err.');

/** The repository on Postgres. `save` is the fused commit without messages and audit entries. */
export function postgresRepository(database: PostgresDatabase, tables: Tables): Repository<PostgresTx> {
  const held = heldRowStatements(tables);
  const extendStatement = extendLeases(tables);
  const commitStatement = commit(tables);
  const ownRowsStatement = commitOwnRows(tables);
  const claimStatement = claim(tables);
  const bucketStatement = addMissingBuckets(tables);
  const loadStatement = loadBuilds(tables);
  const loadOwnStatement = loadOwnRows(tables);

  const mayExist = (tenantId: string, bindingId: string) =>
    isId(tables.idType, tenantId) && isUuid(bindingId);

  /** Queries builds by ids. A build with an invalid id does not exist, and must not fail the statement. */
  const askAbout = async <Row, Answer>(
    statement: Statement,
    builds: readonly BuildReference[],
    values: readonly Value[],
    read: (row: Row) => Answer,
  ): Promise<readonly (Answer | null)[]> => {
    const asked = builds.flatMap(({ tenantId, bindingId }, n) =>
      mayExist(tenantId, bindingId) ? [{ n, tenant_id: tenantId, binding_id: bindingId }] : [],
    );
    if (asked.length === 0) return builds.map(() => null);
    const rows = await runAgainAfterRace(() =>
      database.query<Row & { readonly n: number }>(statement, [JSON.stringify(asked), ...values]),
    );
    const byRank = new Map(rows.map((row) => [row.n, row]));
    return builds.map((_, n) => {
      const row = byRank.get(n);
      return row ? read(row) : null;
    });
  };

  return {
    database: database.identity,
    refusalOf,

    transaction: async <T, E>(work: (tx: PostgresTx) => Promise<Result<T, E>>) => {
      let refused: Result<T, E> | null = null;
      const run = async (query: Query) => {
        const watched = trackFailure(query);
        const tx = openTx(database, watched.query);
        try {
          const result = await work(tx);
          if (result.isOk()) {
            await watched.throwIfFailed();
            return result;
          }
          refused = result;
          throw ROLLBACK;
        } finally {
          closeTx(tx);
        }
      };
      try {
        return await runAgainAfterRace(() => database.transaction(run));
      } catch (problem) {
        if (problem === ROLLBACK && refused) return refused;
        throw problem;
      }
    },

    loadRequests: requestLoader(database, tables),

    loadBuilds: async (builds, { waitMs, ownRows = false, maxBlueprintBytes = null } = {}) => {
      for (const { tenantId, bindingId } of waitMs === undefined ? [] : builds) {
        if (mayExist(tenantId, bindingId)) {
          await waitForLocks(database, held, held.heldForBuild, [tenantId, bindingId], waitMs ?? 0);
        }
      }
      const statement = ownRows ? loadOwnStatement : loadStatement;
      return askAbout<BuildRow, BuildFacts>(
        statement,
        builds,
        ownRows ? [] : [maxBlueprintBytes],
        buildFacts,
      );
    },

    save: async (tx, decisions) => {
      const bare = decisions.map((decision) => ({ ...decision, messages: [], audit: null }));
      const statement = bare.every(isOfOwnRows) ? ownRowsStatement : commitStatement;
      const rows = await queryOf(tx, database)<VerdictRow>(statement, [decisionRows(bare)]);
      return rows.map((row) => row.verdict);
    },

    claimBuilds: async (builds, { leaseMs, limits = NO_LIMITS, maxBlueprintBytes = null }) => {
      const { global, perTenant } = limits.callsPerSecond;
      const values = [leaseMs, ...limitValues(limits), maxBlueprintBytes];
      if (global !== null || perTenant !== null)
        await askAbout(bucketStatement, builds, [global, perTenant], () => null);
      return askAbout<ClaimedRow, ClaimedBuild | 'over_limit'>(claimStatement, builds, values, (row) =>
        row.over_limit ? 'over_limit' : claimedBuild(row),
      );
    },

    extendLeases: async (leases, { leaseMs }) => {
      const asked = leases.map(({ tenantId, bindingId, fence }, n) => ({
        n,
        tenant_id: tenantId,
        binding_id: bindingId,
        fence,
      }));
      const rows = await database.query<{ n: number }>(extendStatement, [JSON.stringify(asked), leaseMs]);
      const kept = new Set(rows.map((row) => row.n));
      return leases.map((_, n) => kept.has(n));
    },
  };
}
