import type { ParseAhead } from '../core/blueprint/read-blueprint.js';
import type { ClaimedBuild } from '../core/build/facts.js';
import { BUILD_REQUESTS } from '../core/build/messages.js';
import { type OrchestrationDeps, runOrchestration } from '../handlers/run-orchestration.js';
import { type MessageDeps, settleUnprocessableBuildRequest } from '../handlers/settle-message.js';
import type { EventListener } from '../observability/events.js';
import type { ClaimDueBuilds } from '../ports/fused.js';
import type { Runtime } from '../runtime/runtime.js';
import { type LeaseKeeper, type Moment, momentOf } from './lease-keeper.js';
import { type PullLoop, startPullLoop } from './pull-loop.js';

/** What the build worker needs. */
export interface BuildWorkerDeps<Tx> {
  /** Nothing is claimed before it resolves. */
  readonly ready: () => Promise<void>;
  readonly claimDueBuilds: ClaimDueBuilds;
  readonly parseAhead: ParseAhead;
  readonly orchestration: OrchestrationDeps;
  /** Whether limits may keep builds back that are due: then the end of one may make capacity for the next. */
  readonly isLimited: boolean;
  readonly messages: MessageDeps<Tx>;
  readonly leases: LeaseKeeper;
  readonly runtime: Runtime;
  readonly emit: EventListener;
  readonly onProblem: (worker: string) => (problem: unknown) => void;
}

/** Starts claiming builds and carrying each one step further. */
export function startBuildWorker<Tx>(
  deps: BuildWorkerDeps<Tx>,
  options: { readonly concurrency: number; readonly pollIntervalMs: number; readonly leaseMs: number },
): PullLoop {
  const { parseAhead, orchestration, messages, leases, emit, runtime } = deps;

  const work = async (build: ClaimedBuild, claimedAt: Moment) => {
    const { tenantId, automationVersionId, binding, call } = build;
    const about = { tenantId, automationVersionId, bindingId: binding.id, requestId: binding.requestId };
    emit({ type: 'build_claimed', ...about, run: binding.run, call: call.number, callId: call.id });
    const lease = leases.hold({ tenantId, bindingId: binding.id, fence: binding.fence }, claimedAt);
    try {
      await runOrchestration(await parseAhead(build), orchestration, lease);
    } finally {
      lease.release();
      if (deps.isLimited) loop.wake();
    }
  };

  const loop = startPullLoop<() => Promise<void>>({
    ...options,
    runtime,
    onProblem: deps.onProblem(BUILD_REQUESTS),
    claim: async (limit) => {
      await deps.ready();
      const claimedAt = momentOf(runtime);
      const claimed = await deps.claimDueBuilds({ limit, leaseMs: options.leaseMs });
      return [
        ...claimed.builds.map((build) => () => work(build, claimedAt)),
        ...claimed.unprocessableMessages.map(
          (message) => () =>
            settleUnprocessableBuildRequest(message, (build) => orchestration.reload(build, null), messages),
        ),
      ];
    },
    handle: (job) => job(),
  });
  return loop;
}
