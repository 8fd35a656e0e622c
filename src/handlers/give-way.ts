import type { BuildDecision, Verdict } from '../core/build/decision.js';
import type { BuildFacts } from '../core/build/facts.js';
import { decideGiveWay, onOwnRows } from '../core/orchestration/decide-give-way.js';
import type { AdoptionPolicy } from '../core/orchestration/end-adoption.js';
import type { BuildReference } from '../ports/repository.js';
import type { WorkflowHolders } from '../ports/workflow-holders.js';

/** What the handler needs. */
export interface GiveWayDeps extends WorkflowHolders {
  readonly loadBuild: (build: BuildReference, waitMs: number | null) => Promise<BuildFacts | null>;
  readonly commit: (decision: BuildDecision) => Promise<Verdict>;
  readonly policy: AdoptionPolicy;
  readonly newId: () => string;
  /** Longest wait for a lock that somebody else holds, in milliseconds. */
  readonly lockWaitMs: number;
  /** Told of the build that gave way, once that is written. */
  readonly onGaveWay: (build: BuildFacts) => void;
}

/**
 * Takes a workflow from the build that a person adopted it for, because WRK has named it as another build's. `false`: a
 * build holds it that has it from WRK too. `true`: the other one may try again, and finds out if it is still held.
 *
 * A transaction of its own, before that of the other build: no decision ever locks rows of two tenants, so that two of
 * them cannot deadlock. The races: of two that take it at once, or of one and an undo, the second finds it
 * free; and if the process dies in between, WRK's answer is in the ledger or is asked for again, and finds it free.
 */
export async function giveWay(
  workflowId: string,
  { findHolder, loadBuild, commit, policy, newId, lockWaitMs, onGaveWay }: GiveWayDeps,
): Promise<boolean> {
  // 1. Load the build that holds it.
  const holder = await findHolder(workflowId);
  const build = holder && (await loadBuild(holder, null));

  // 2. Decide.
  const decided = decideGiveWay(build, workflowId, policy, newId());
  if (decided.kind !== 'gives_way') return decided.kind === 'free';

  // 3. Commit, on the library's rows alone where the host's cannot be written.
  let verdict = await commit(decided.decision);
  if (typeof verdict === 'object') verdict = await commit(onOwnRows(decided.decision));
  if (typeof verdict === 'object') return false;

  // 4. Tell, or wait for whoever holds its rows.
  if (verdict === 'ok') onGaveWay(decided.build);
  if (verdict === 'busy' && holder) await loadBuild(holder, lockWaitMs);
  return true;
}
