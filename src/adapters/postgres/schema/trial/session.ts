import { err, ok, type Result } from 'neverthrow';
import type { AuditEntry } from '../../../../core/build/audit-entries.js';
import type { BuildDecision, Verdict } from '../../../../core/build/decision.js';
import type { BuildFacts, CandidateFacts, ChecklistTaskFacts } from '../../../../core/build/facts.js';
import type { Runtime } from '../../../../runtime/runtime.js';
import { systemRuntime } from '../../../../runtime/system-runtime.js';
import type { PostgresDatabase, Query, Statement } from '../../drivers/database.js';
import { type DatabaseError, isDatabaseError } from '../../errors/database-error.js';
import { refusalOf, sqlStateOf } from '../../errors/refusal.js';
import type { Tables } from '../../mapping/tables.js';
import { postgresAuditLog } from '../../ports/audit-log.js';
import { postgresChecklists } from '../../ports/checklists.js';
import { postgresRepository } from '../../ports/repository.js';
import { decisionRows } from '../../rows/rows.js';
import { commit, type VerdictRow } from '../../sql/commit.js';
import { type HeldRowStatements, heldRowStatements } from '../../sql/held-rows.js';
import { undoable } from '../../transactions/savepoint.js';
import { openTx } from '../../transactions/transaction.js';

/** A version of the host's, by its tenant. */
export interface VersionReference {
  readonly tenantId: string;
  readonly automationVersionId: string;
}

/** The library's own statements in the one transaction of a trial, which is rolled back in the end. */
export interface TrialSession {
  readonly query: Query;
  readonly tables: Tables;
  readonly waitFor: HeldRowStatements['waitFor'];
  /** Does what may be refused. A refusal undoes it and is returned; so does a throw, of `Interrupted` where a row is held. */
  readonly attempt: <T>(work: () => Promise<T>) => Promise<Result<T, DatabaseError>>;
  /** Does something, and takes it back. */
  readonly takeBack: (work: () => Promise<void>) => Promise<void>;
  readonly loadVersion: (version: VersionReference) => Promise<CandidateFacts | null>;
  readonly loadBuild: (build: {
    readonly tenantId: string;
    readonly bindingId: string;
  }) => Promise<BuildFacts | null>;
  /** Undone, and without a lock left, unless the verdict is `ok`. */
  readonly commit: (decision: BuildDecision) => Promise<Result<Verdict, DatabaseError>>;
  readonly countAuditEntries: (version: VersionReference) => Promise<number>;
  readonly append: (entries: readonly AuditEntry[]) => Promise<void>;
  /** Saves a progress as `recordChecklistChange` does, and returns the checklist. */
  readonly saveProgress: (
    project: { readonly tenantId: string; readonly projectId: string },
    checklistProgress: number,
  ) => Promise<readonly ChecklistTaskFacts[]>;
}

/** Nothing is known of the schema: rows were held by somebody else, or changed, or it took too long. */
export class Interrupted extends Error {}

const LOCK_NOT_AVAILABLE = '55P03';

/** Why a trial is interrupted by somebody else. */
export const HELD = 'a row that it needs was held or changed by another transaction';

/** How long a trial may hold rows of the host's, whatever its statements take. */
const MAX_MS = 5_000;

/** What the host has deferred to the end of a transaction is checked at the end of each write, since each is a transaction of its own. */
const CHECK_DEFERRED: Statement = {
  name: 'wrk_builds_trial_check_deferred',
  text: 'set constraints all immediate',
};

/** Opens the session on the query function of a transaction. */
export function trialSession(
  driver: PostgresDatabase,
  tables: Tables,
  given: Query,
  { monotonicMs }: Pick<Runtime, 'monotonicMs'> = systemRuntime,
): TrialSession {
  // Until the first write, nothing of the host's is held.
  let until = Number.POSITIVE_INFINITY;
  const query: Query = async (statement, values) => {
    if (monotonicMs() > until) throw new Interrupted(`it took longer than ${MAX_MS / 1_000} seconds`);
    return given(statement, values);
  };
  // The ports run in the transaction, whatever they think that they run on.
  const database: PostgresDatabase = { ...driver, query, transaction: (work) => work(query) };
  const tx = openTx(database, query);
  const repository = postgresRepository(database, tables);
  const checklists = postgresChecklists(database, tables);
  const auditLog = postgresAuditLog(database, tables);
  const commitStatement = commit(tables);
  // Blueprints stay where they are, however long they are.
  const withoutBlueprint = { maxBlueprintBytes: 0 };
  const checkDeferred = () => query(CHECK_DEFERRED, []);

  const refusedOr = (problem: unknown): DatabaseError => {
    if (isDatabaseError(problem) && refusalOf(problem) !== null) return problem;
    if (sqlStateOf(problem) === LOCK_NOT_AVAILABLE) throw new Interrupted(HELD);
    throw problem;
  };
  const attempt: TrialSession['attempt'] = async (work) => {
    try {
      return await undoable(query, async () => ok(await work()));
    } catch (problem) {
      return err(refusedOr(problem));
    }
  };

  return {
    query,
    tables,
    waitFor: heldRowStatements(tables).waitFor,
    attempt,
    takeBack: async (work) => {
      await undoable(query, async () => {
        await work();
        return err('taken back');
      });
    },
    loadVersion: async ({ tenantId, automationVersionId }) => {
      const target = { automationVersionId };
      const [facts] = await repository.loadRequests([
        { tenantId, target, idempotency: null, ...withoutBlueprint },
      ]);
      return facts?.candidates[0] ?? null;
    },
    loadBuild: async (build) => (await repository.loadBuilds([build], withoutBlueprint))[0] ?? null,
    commit: async (decision) => {
      until = Math.min(until, monotonicMs() + MAX_MS);
      try {
        const written = await undoable<Verdict, Verdict>(query, async () => {
          const [row] = await query<VerdictRow>(commitStatement, [decisionRows([decision])]);
          await checkDeferred();
          return row?.verdict === 'ok' ? ok('ok') : err(row?.verdict ?? 'stale');
        });
        return ok(written.isOk() ? written.value : written.error);
      } catch (problem) {
        return err(refusedOr(problem));
      }
    },
    countAuditEntries: async ({ tenantId, automationVersionId }) =>
      (await auditLog.list({ tenantId, resourceId: automationVersionId })).length,
    append: async (entries) => {
      await auditLog.append(tx, entries);
      await checkDeferred();
    },
    saveProgress: async (project, checklistProgress) => {
      const checklist = await checklists.lockChecklist(tx, project, { wait: true });
      await checklists.saveProgress(tx, { ...project, checklistProgress });
      await checkDeferred();
      return Array.isArray(checklist) ? checklist : [];
    },
  };
}
