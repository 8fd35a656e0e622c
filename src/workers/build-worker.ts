import type { ClaimedBuild } from '../core/build/facts.js';
import { BUILD_REQUESTS } from '../core/build/messages.js';
import { type OrchestrationShell, runOrchestration } from '../handlers/run-orchestration.js';
import { type MessageShell, settleUnprocessableBuildRequest } from '../handlers/settle-message.js';
import type { EventListener } from '../observability/events.js';
import type { ClaimDueBuilds } from '../ports/fused.js';
import type { LeaseKeeper } from './lease-keeper.js';
import { type PullLoop, startPullLoop } from './pull-loop.js';

/** What the build worker needs of the world. */
export interface BuildWorkerShell<Tx> {
  /** Nothing is claimed before it resolves. */
  readonly ready: () => Promise<void>;
  readonly claimDueBuilds: ClaimDueBuilds;
  readonly orchestration: OrchestrationShell;
  /** Whether limits may keep builds back that are due: then the end of one may make capacity for the next. */
  readonly isLimited: boolean;
  readonly messages: MessageShell<Tx>;
  readonly leases: LeaseKeeper;
  readonly emit: EventListener;
  readonly onProblem: (worker: string) => (problem: unknown) => void;
}

/** Starts claiming builds and carrying each one step further. */
export function startBuildWorker<Tx>(
  shell: BuildWorkerShell<Tx>,
  options: { readonly concurrency: number; readonly pollIntervalMs: number; readonly leaseMs: number },
): PullLoop {
  const { orchestration, messages, leases, emit } = shell;

  const work = async (build: ClaimedBuild, claimedAt: number) => {
    const { tenantId, automationVersionId, binding, call } = build;
    const about = { tenantId, automationVersionId, bindingId: binding.id, requestId: binding.requestId };
    emit({ type: 'build_claimed', ...about, run: binding.run, call: call.number, callId: call.id });
    const lease = leases.hold({ tenantId, bindingId: binding.id, fence: binding.fence }, claimedAt);
    try {
      await runOrchestration(build, orchestration, lease.signal);
    } finally {
      lease.release();
      if (shell.isLimited) loop.wake();
    }
  };

  const loop = startPullLoop<() => Promise<void>>({
    ...options,
    random: orchestration.random,
    onProblem: shell.onProblem(BUILD_REQUESTS),
    claim: async (limit) => {
      await shell.ready();
      const claimedAt = performance.now();
      const claimed = await shell.claimDueBuilds({ limit, leaseMs: options.leaseMs });
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
