import type { BuildDecision, Verdict } from '../../../core/build/decision.js';
import { asError } from '../../../core/input/error-text.js';
import { NO_LIMITS } from '../../../ports/claim-limits.js';
import type { ClaimDueBuilds, Commit, FusedPorts, FusedStatements } from '../../../ports/fused.js';
import type { PostgresDatabase, Statement } from '../drivers/database.js';
import { databaseError, isDatabaseError } from '../errors/database-error.js';
import { isRefusal, refusalOf, wasNeverSent } from '../errors/refusal.js';
import type { Tables } from '../mapping/tables.js';
import { claimedBuild, decisionRows, isOfOwnRows, limitValues, unprocessableMessage } from '../rows/rows.js';
import { type ClaimedDueRow, claimDueBuilds } from '../sql/claim.js';
import { commit, type VerdictRow } from '../sql/commit.js';
import { commitOwnRows } from '../sql/commit-own-rows.js';
import { askUntilReachable, runAgainAfterRace } from '../transactions/failures.js';

/** Commit and claim, each as one statement. */
export function fusedStatements(
  database: PostgresDatabase,
  tables: Tables,
  insteadOf: FusedPorts,
): FusedStatements {
  return { commit: fusedCommit(database, tables), claimDueBuilds: fusedClaim(database, tables), insteadOf };
}

function fusedClaim(database: PostgresDatabase, tables: Tables): ClaimDueBuilds {
  const statement = claimDueBuilds(tables);
  /** The tenant that the last claim of this process ended with. Each process has its own. */
  let lastTenant: string | null = null;

  return async ({ limit, leaseMs, limits = NO_LIMITS, maxBlueprintBytes = null }) => {
    let claimed: readonly ClaimedDueRow[] = [];
    for (let again = true; again; ) {
      const values = [limit, leaseMs, lastTenant, ...limitValues(limits), maxBlueprintBytes];
      const rows = await runAgainAfterRace(() => database.query<ClaimedDueRow>(statement, values));
      const end = rows.find((row) => row.added_buckets !== null);
      claimed = rows.filter((row) => row !== end);
      lastTenant = end?.last_tenant ?? lastTenant;
      // A claim skips builds without a bucket and adds the bucket, which happens only once for each tenant. Then it repeats.
      again = claimed.length === 0 && (end?.added_buckets ?? 0) > 0;
    }
    return {
      builds: claimed.flatMap(({ facts, blueprint_json }) =>
        facts === null ? [] : [claimedBuild({ facts, blueprint_json })],
      ),
      unprocessableMessages: claimed.flatMap((row) =>
        row.unprocessable_message === null ? [] : [unprocessableMessage(row.unprocessable_message)],
      ),
    };
  };
}

function fusedCommit(database: PostgresDatabase, tables: Tables): Commit {
  const whole = commit(tables);
  const ownRows = commitOwnRows(tables);
  const findWritten = writtenDecisions(tables);

  const write = async (decisions: readonly BuildDecision[], trail: Trail): Promise<readonly Verdict[]> => {
    const statement = decisions.every(isOfOwnRows) ? ownRows : whole;
    try {
      const rows = await runAgainAfterRace(() =>
        database.query<VerdictRow>(statement, [decisionRows(decisions)]),
      );
      trail.mayBeWritten = true;
      return rows.map((row) => row.verdict);
    } catch (problem) {
      if (!isRefusal(problem) && !wasNeverSent(problem)) trail.mayBeWritten = true;
      throw problem;
    }
  };

  /** One decision that the server refuses fails the whole batch. Then each runs on its own, so that only that one fails. */
  const writeEach = async (
    decisions: readonly BuildDecision[],
    trail: Trail,
  ): Promise<readonly (Verdict | Error)[]> => {
    try {
      return await write(decisions, trail);
    } catch (problem) {
      if (!isRefusal(problem)) throw problem;
      if (decisions.length === 1) return [refusalOf(problem) ?? asError(problem)];
    }
    const answers: (Verdict | Error)[] = [];
    for (const decision of decisions) answers.push(...(await writeEach([decision], trail)));
    return answers;
  };

  const written = async (decisions: readonly BuildDecision[]): Promise<readonly BuildDecision[]> => {
    const asked = decisions.map((decision, n) => ({
      n,
      tenant_id: decision.tenantId,
      decision_id: decision.id,
      binding_id: decision.bindingId,
      makes_binding: decision.guard.binding === 'absent',
      call_id: decision.closeCall?.id,
    }));
    const rows = await database.query<{ n: number }>(findWritten, [JSON.stringify(asked)]);
    return rows.flatMap((row) => decisions[row.n] ?? []);
  };

  /**
   * The race: the connection was lost while a statement ran, so it may have committed or may still commit; or there was no
   * connection, as during a restart, and WRK's answer must not be lost. No verdict is given without a read: decisions found
   * written are `ok`; the rest runs again, and whatever that does not accept is read once more, because the first run may
   * have committed in between. A decision that is `busy` then may be blocked by the first run itself, and is checked again
   * for some seconds.
   */
  const settleUnknown = async (
    decisions: readonly BuildDecision[],
    trail: Trail,
  ): Promise<readonly (Verdict | Error)[]> => {
    const known = new Map<BuildDecision, Verdict | Error>();
    const unknown = () => decisions.filter((decision) => !known.has(decision));
    const look = async () => {
      for (const decision of await written(unknown())) known.set(decision, 'ok');
    };
    const settle = async () => {
      await look();
      const rest = unknown();
      const again = rest.length === 0 ? [] : await writeEach(rest, trail);
      await look();
      for (const [index, decision] of rest.entries()) {
        const answer = again[index];
        if (answer !== undefined && answer !== 'busy' && !known.has(decision)) known.set(decision, answer);
      }
      if (unknown().length > 0) throw outcomeUnknown();
    };
    const problem = await askUntilReachable(settle).then(() => undefined, asError);
    const untold = () => (problem && !trail.mayBeWritten ? problem : outcomeUnknown(problem));
    return decisions.map((decision) => known.get(decision) ?? untold());
  };

  return async (decisions) => {
    const trail: Trail = { mayBeWritten: false };
    try {
      return await writeEach(decisions, trail);
    } catch {
      return settleUnknown(decisions, trail);
    }
  };
}

/** What is known about the statements that one commit sent. */
interface Trail {
  /** Whether any statement succeeded, or may have. */
  mayBeWritten: boolean;
}

function outcomeUnknown(cause?: Error): Error {
  if (isDatabaseError(cause) && cause.code === 'outcome_unknown') return cause;
  return databaseError(
    'outcome_unknown',
    'The connection to the database was lost during a commit, and it is unknown whether it was written: read the build before you try again.',
    { statement: 'unknown', ...(cause && { cause }) },
  );
}

/**
 * Finds the decisions that are written, by their ids on the binding or in the ledger, where a later decision does not hide
 * them. A decision that creates the binding is recognized by the binding's id, which was generated for it alone.
 */
function writtenDecisions(tables: Tables): Statement {
  const text = `
select asked.n
  from pg_catalog.jsonb_to_recordset($1::text::jsonb) as asked (
    n int, tenant_id ${tables.idType}, decision_id uuid, binding_id uuid, makes_binding boolean, call_id uuid)
 where exists (
     select from ${tables.bindings} b where b.id = asked.binding_id and b.tenant_id = asked.tenant_id
        and (asked.makes_binding or b.decision_id = asked.decision_id))
    or exists (
     select from ${tables.calls} c where c.id = asked.call_id and c.tenant_id = asked.tenant_id
        and c.decision_id = asked.decision_id)`;
  return { name: 'wrk_builds_written_decisions', text };
}
