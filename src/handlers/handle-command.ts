import { err, ok, type Result } from 'neverthrow';
import type { BuildDecision, Refusal, Verdict } from '../core/build/decision.js';
import { hostRefused } from '../core/build/errors.js';
import type { BuildFacts } from '../core/build/facts.js';
import type { BindingStatus } from '../core/build/statuses.js';
import type { OpsError } from '../core/ops/ops-error.js';
import { buildKeptChanging, buildNotFound, workflowNotAdoptable } from '../core/ops/refusals.js';
import { workflowOfWrk } from '../core/orchestration/decide-give-way.js';
import type { BuildReference } from '../ports/repository.js';

/** What the handler needs. */
export interface CommandDeps {
  readonly load: (build: BuildReference, waitMs: number | null) => Promise<BuildFacts | null>;
  /** Reads the library's rows alone, where `load` failed because the host's cannot be read; throws any other `problem`. */
  readonly loadOwnRows: (build: BuildReference, problem: unknown) => Promise<BuildFacts | null>;
  readonly commit: (decision: BuildDecision) => Promise<Verdict>;
  /** Longest wait for a lock that somebody else holds, in milliseconds. */
  readonly lockWaitMs: number;
  /** Whether the build may take a workflow that another one holds after all: see `giveWay`. */
  readonly freeWorkflow: (workflowId: string) => Promise<boolean>;
}

/** The build as the command left it. */
export interface CommandResult {
  readonly bindingId: string;
  readonly automationVersionId: string;
  readonly status: BindingStatus;
  readonly run: number;
  /**
   * What the host's database refused of the command, which was then carried out on the library's rows alone: version and
   * project keep their statuses, and nothing is audited. Absent: everything was written.
   */
  readonly hostRefusal?: string;
}

/** A command that was carried out. `decision` is `null` where nothing had to be changed. */
export interface CarriedOut {
  readonly answer: CommandResult;
  readonly requestId: string;
  readonly decision: BuildDecision | null;
}

/** One command about one build. */
export interface BuildCommand {
  readonly decide: (build: BuildFacts) => Result<BuildDecision | null, OpsError>;
  /** What is asked outside, once, before what was decided is written; absent: nothing is. */
  readonly ask?: () => Promise<OpsError | null>;
  /**
   * What is written instead where the storage refuses a decision for good; `null`, or absent: nothing. With it, a command is
   * carried out even where the host's tables cannot be read.
   */
  readonly decideSmaller?: (refused: BuildDecision, refusal: Refusal) => BuildDecision | null;
  /** What a refusal of the command leaves in the audit log. */
  readonly audit: (build: BuildFacts, refused: OpsError) => BuildDecision;
  /** Told if that cannot be written: the command stays refused. */
  readonly onUnaudited: (problem: unknown) => void;
}

/** Times that a command is decided before the person is told that the facts would not hold still. */
const ATTEMPTS = 3;

/**
 * Carries a command out, deciding again on new facts while they move under it. No transaction is open while something is
 * asked outside. A refused command leaves an audit entry, unless the tenant has no such build.
 */
export async function handleCommand(
  build: BuildReference,
  { decide, ask, decideSmaller, audit, onUnaudited }: BuildCommand,
  { load, loadOwnRows, commit, lockWaitMs, freeWorkflow }: CommandDeps,
): Promise<Result<CarriedOut, OpsError>> {
  const refuse = async (facts: BuildFacts, error: OpsError) => {
    const audited = await commit(audit(facts, error)).catch((problem: unknown) => problem);
    if (audited !== 'ok') onUnaudited(audited);
    return err(error);
  };
  let latest: BuildFacts | null = null;
  let hasAsked = false;
  let waitMs: number | null = null;
  for (let attempts = 1; attempts <= ATTEMPTS; attempts += 1) {
    // 1. Load the facts.
    const loading = load(build, waitMs);
    const facts = await (decideSmaller ? loading.catch((problem) => loadOwnRows(build, problem)) : loading);
    if (!facts) return err(buildNotFound());
    latest = facts;

    // 2. Decide.
    const decided = decide(facts);
    if (decided.isErr()) return refuse(facts, decided.error);
    let decision = decided.value;
    if (!decision) return ok(carriedOut(facts, null, null));

    // 3. Ask. What was decided before is guarded by the facts that it rests on.
    if (ask && !hasAsked) {
      const refusal = await ask();
      if (refusal) return refuse(facts, refusal);
      hasAsked = true;
    }

    // 4. Commit. Whatever is not `ok` wrote nothing.
    let verdict = await commit(decision);
    let refusal: Refusal | null = null;
    while (typeof verdict === 'object') {
      refusal = verdict;
      decision = decideSmaller?.(decision, refusal) ?? null;
      if (!decision) return err(hostRefused(refusal));
      verdict = await commit(decision);
    }
    if (verdict === 'ok') return ok(carriedOut(facts, decision, refusal));
    if (verdict === 'workflow_taken') {
      // 5. What a person typed elsewhere gives way to WRK's answer.
      const named = workflowOfWrk(decision);
      if (named === null || !(await freeWorkflow(named)))
        return refuse(facts, workflowNotAdoptable(decision.binding?.workflowId ?? ''));
    }
    waitMs = verdict === 'busy' ? lockWaitMs : null;
  }
  return latest ? refuse(latest, buildKeptChanging()) : err(buildKeptChanging());
}

function carriedOut(
  { binding, automationVersionId }: BuildFacts,
  decision: BuildDecision | null,
  refusal: Refusal | null,
): CarriedOut {
  const { status, run, requestId } = decision?.binding ?? binding;
  return {
    answer: {
      bindingId: binding.id,
      automationVersionId,
      status,
      run,
      ...(refusal && { hostRefusal: refusal.message }),
    },
    requestId,
    decision,
  };
}
