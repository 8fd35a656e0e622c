import { decideFollowUp } from '../core/orchestration/decide-follow-up.js';
import type { Sweep, UnresolvedBuild } from '../ports/sweep.js';
import type { OrchestrationDeps } from './run-orchestration.js';

/** What the handler needs. */
export interface FollowUpDeps
  extends Pick<OrchestrationDeps, 'wrk' | 'policy' | 'commit' | 'reload' | 'newId' | 'monotonicMs'> {
  readonly sweep: Pick<Sweep<never>, 'takeUnresolved' | 'followUpAgain'>;
}

/** Builds that are followed up at the same time. */
const BATCH_SIZE = 10;

/** Longer than a lookup takes with all its attempts. Whoever dies leaves the build to others after that. */
const LEASE_MS = 300_000;

/**
 * Asks WRK what became of calls whose outcome is still unknown although their build has ended, until none is due or
 * `signal` aborts. Without it, a workflow that WRK made late would belong to nobody, and nobody would hear of it.
 */
export async function followUpCalls(deps: FollowUpDeps, signal: AbortSignal): Promise<void> {
  let taken: readonly UnresolvedBuild[] = [];
  do {
    // 1. Take those that are due.
    taken = await deps.sweep.takeUnresolved({ limit: BATCH_SIZE, leaseMs: LEASE_MS });
    const settled = await Promise.allSettled(taken.map((build) => followUp(build, deps, signal)));
    for (const each of settled) if (each.status === 'rejected') throw each.reason;
  } while (taken.length === BATCH_SIZE && !signal.aborted);
}

async function followUp(taken: UnresolvedBuild, deps: FollowUpDeps, signal: AbortSignal): Promise<void> {
  const deadline = deps.monotonicMs() + LEASE_MS / 2;

  // 2. Load. Another run that has begun looks for itself.
  const build = await deps.reload(taken, null);
  if (build === null || build.binding.status === 'pending') return deps.sweep.followUpAgain(taken, null);

  // 3. Ask WRK.
  const lookup = await deps.wrk.findWorkflow({
    tenantId: build.tenantId,
    reference: build.binding.id,
    requestId: build.binding.requestId,
    besides: build.binding.workflowId,
    signal,
    mayBegin: () => !signal.aborted && deps.monotonicMs() < deadline,
  });
  if (signal.aborted) return deps.sweep.followUpAgain(taken, 0);

  // 4. Decide, and commit what was found before it counts as followed up.
  const { followUps } = taken;
  const { decision, againInMs } = decideFollowUp(build, lookup, followUps, deps.policy, deps.newId());
  if (decision) await deps.commit(decision);
  await deps.sweep.followUpAgain(taken, againInMs);
}
