import type { RequestFacts } from '../../../core/build/facts.js';
import type { RequestQuery } from '../../../ports/repository.js';
import type { PostgresDatabase, Query } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { requestFacts } from '../rows/facts-of-rows.js';
import { isId } from '../rows/ids.js';
import { loadRequests, type RequestRow } from '../sql/load-requests.js';
import { repositoryStatements } from '../sql/repository.js';
import { runAgainAfterRace } from '../transactions/retry.js';
import { type PostgresTx, queryOf } from '../transactions/transaction.js';
import { waitForLocks, waitForLocksWithin } from '../transactions/wait-for-locks.js';

/** Reads the facts for requests in one statement. An invalid id matches nothing. */
export async function loadRequestFacts(
  database: PostgresDatabase,
  tables: Tables,
  queries: readonly RequestQuery[],
  { waitMs, tx }: { readonly waitMs?: number; readonly tx?: PostgresTx },
): Promise<readonly RequestFacts[]> {
  const known = (id: unknown) => isId(tables.idType, id);
  const asked = queries.flatMap(({ tenantId, target, idempotency }, n) => {
    if (!known(tenantId)) return [];
    const version = 'automationVersionId' in target ? target.automationVersionId : null;
    const project = 'projectId' in target ? target.projectId : null;
    return [
      {
        n,
        tenant_id: tenantId,
        version_id: known(version) ? version : null,
        project_id: known(project) ? project : null,
        startable: 'projectId' in target ? target.startableStatuses : [],
        operation: idempotency?.operation ?? null,
        key: idempotency?.key ?? null,
      },
    ];
  });
  const inTx = tx === undefined ? null : queryOf(tx, database);
  if (waitMs !== undefined) {
    const { limitWait, waitForRequest } = repositoryStatements(tables);
    for (const { tenant_id, version_id, project_id, operation, key } of asked) {
      const values = [tenant_id, version_id, project_id, operation, key];
      if (inTx) await waitForLocksWithin(inTx, limitWait, waitForRequest, values, waitMs);
      else await waitForLocks(database, limitWait, waitForRequest, values, waitMs);
    }
  }
  const load = (query: Query) => query<RequestRow>(loadRequests(tables), [JSON.stringify(asked)]);
  const rows =
    asked.length === 0 ? [] : inTx ? await load(inTx) : await runAgainAfterRace(() => load(database.query));
  const byRank = queries.map((): RequestRow[] => []);
  for (const row of rows) byRank[row.n]?.push(row);
  return byRank.map(requestFacts);
}
