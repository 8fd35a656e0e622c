import type { WorkflowHolders } from '../../ports/workflow-holders.js';
import type { Store } from './store.js';

export function createWorkflowHolders({ committed }: Store): WorkflowHolders {
  return {
    findHolder: async (workflowId) => {
      const holder = committed.all('bindings').find(({ row }) => row.workflowId === workflowId);
      return holder ? { tenantId: holder.row.tenantId, bindingId: holder.id } : null;
    },
  };
}
