import type { BuildDecision, Verdict } from '../../core/decision.js';
import type { Commit, FusedStatements } from '../../ports/fused.js';
import type { PostgresDatabase } from './database.js';
import { decisionRows } from './decision-rows.js';
import { claimedBuild, oddMessage } from './facts-of-rows.js';
import { isRefusal } from './refusal.js';
import { askUntilReachable, runAgainAfterRace } from './retry.js';
import { commit, type VerdictRow } from './sql/commit.js';
import { repositoryStatements } from './sql/repository.js';
import { type TakenRow, takeBuilds } from './sql/take-builds.js';
import type { Tables } from './tables.js';

/** Commit and take as one statement each. */
export function fusedStatements(database: PostgresDatabase, tables: Tables): FusedStatements {
  const take = takeBuilds(tables);
  return {
    commit: fusedCommit(database, tables),
    takeBuilds: async ({ limit, leaseMs }) => {
      const rows = await runAgainAfterRace(() => database.query<TakenRow>(take, [limit, leaseMs]));
      return {
        builds: rows.flatMap(({ facts, blueprint_json }) =>
          facts === null ? [] : [claimedBuild({ facts, blueprint_json })],
        ),
        oddMessages: rows.flatMap((row) => (row.odd_message === null ? [] : [oddMessage(row.odd_message)])),
      };
    },
  };
}

function fusedCommit(database: PostgresDatabase, tables: Tables): Commit {
  const statement = commit(tables);
  const { findWritten } = repositoryStatements(tables);

  const write = async (decisions: readonly BuildDecision[]): Promise<readonly Verdict[]> => {
    const rows = await runAgainAfterRace(() =>
      database.query<VerdictRow>(statement, [decisionRows(decisions)]),
    );
    return rows.map((row) => row.verdict);
  };

  /** Which decisions are written, by their ids on the binding or in the ledger. */
  const written = async (decisions: readonly BuildDecision[]): Promise<ReadonlySet<number>> => {
    const asked = decisions.map((decision, n) => ({
      n,
      decision_id: decision.id,
      binding_id: decision.bindingId,
      call_id: decision.closeCall?.id,
    }));
    const rows = await askUntilReachable(() =>
      database.query<{ n: number }>(findWritten, [JSON.stringify(asked)]),
    );
    return new Set(rows.map((row) => row.n));
  };

  /**
   * The connection was lost while the statement ran, so it may have committed, or may still. Nothing is said unread:
   * what is found written is `ok`; the rest runs again, and whatever that does not accept is looked up once more, since
   * the first run may have come through in between.
   */
  const settleUnknown = async (decisions: readonly BuildDecision[]): Promise<readonly Verdict[]> => {
    const before = await written(decisions);
    const rest = decisions.filter((_, n) => !before.has(n));
    const again = rest.length === 0 ? [] : await askUntilReachable(() => write(rest));
    const after = await written(rest);
    const verdicts = rest.map(
      (decision, n) => [decision.id, after.has(n) ? 'ok' : (again[n] ?? 'stale')] as const,
    );
    const byId = new Map<string, Verdict>(verdicts);
    return decisions.map((decision) => byId.get(decision.id) ?? 'ok');
  };

  return async (decisions) => {
    try {
      return await write(decisions);
    } catch (problem) {
      if (!isRefusal(problem)) return settleUnknown(decisions);
      if (decisions.length === 1) throw problem;
    }
    // One of them was refused for good, and took the others with it: each on its own, so that only that one fails.
    const answers: (Verdict | Error)[] = [];
    for (const decision of decisions) {
      answers.push(...(await write([decision]).catch((problem: unknown) => [asError(problem)])));
    }
    return answers;
  };
}

function asError(problem: unknown): Error {
  return problem instanceof Error ? problem : new Error(String(problem));
}
