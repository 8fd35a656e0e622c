import { NOTIFICATIONS } from '../core/build/messages.js';
import { type GiveWayDeps, giveWay } from '../handlers/give-way.js';
import type { EventListener } from '../observability/events.js';
import type { WorkflowHolders } from '../ports/workflow-holders.js';
import type { WakeSignal } from '../workers/wake-signal.js';

interface FreeWorkflowDeps extends Omit<GiveWayDeps, 'onGaveWay' | 'findHolder'> {
  readonly workflowHolders: WorkflowHolders | undefined;
  readonly emit: EventListener;
  readonly wake: WakeSignal['wake'];
}

/** Connects what gives way to WRK's answer with where it is found, and with who is told. */
export function prepareFreeWorkflow(deps: FreeWorkflowDeps): (workflowId: string) => Promise<boolean> {
  const { workflowHolders, emit, wake } = deps;
  if (!workflowHolders) return async () => false;
  const onGaveWay: GiveWayDeps['onGaveWay'] = ({ tenantId, automationVersionId, binding }) => {
    const about = { tenantId, automationVersionId, bindingId: binding.id, requestId: binding.requestId };
    emit({ type: 'build_failed', ...about, reason: 'adoption_superseded' });
    wake(NOTIFICATIONS);
  };
  return (workflowId) => giveWay(workflowId, { ...deps, findHolder: workflowHolders.findHolder, onGaveWay });
}
