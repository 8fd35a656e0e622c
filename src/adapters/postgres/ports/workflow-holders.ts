import type { BuildReference } from '../../../ports/repository.js';
import type { WorkflowHolders } from '../../../ports/workflow-holders.js';
import type { PostgresDatabase, Statement } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';

/** Finds the build that holds a workflow, by the unique index on it. */
export function postgresWorkflowHolders(database: PostgresDatabase, tables: Tables): WorkflowHolders {
  const statement = findHolder(tables);
  return {
    findHolder: async (workflowId) => {
      const [holder] = await database.query<BuildReference>(statement, [workflowId]);
      return holder ?? null;
    },
  };
}

function findHolder({ bindings }: Tables): Statement {
  const text = `
select b.tenant_id::text as "tenantId", b.id::text as "bindingId" from ${bindings} b where b.wrk_workflow_id = $1::text`;
  return { name: 'wrk_builds_find_workflow_holder', text };
}
