import type { HostMapping } from 'wrk-builds/postgres';

const live = { deleted_at: { isNull: true } } as const;
const labels = {
  'Ready for Build': 'ready',
  'Awaiting Client Approval': 'awaiting_client',
  'Build in Progress': 'building',
  'QA & Testing': 'qa',
};
const staged = { status: { column: 'stage', enum: 'stage', labels }, where: live };

/** How your tables differ from those of the flows. */
export const host: HostMapping = {
  schema: 'agency',
  tenantId: 'workspace_id',
  automations: { where: live },
  projects: { ...staged, checklistProgress: 'progress', updatedAt: null }, // a trigger sets it
  automationVersions: { ...staged, table: 'versions', blueprint: 'blueprint', updatedAt: 'edited_at' },
  quotes: {
    status: { column: 'stage', enum: 'quote_stage', labels: { signed: 'countersigned' } },
    where: { ...live, quote_type: { equals: 'build' }, price: { isNull: false } },
  },
  tasks: {
    project: 'project_id',
    automationVersion: 'automation_version_id',
    slug: 'slug',
    status: { column: 'stage', enum: 'task_stage', labels: { pending: 'todo', complete: 'done' } },
    blocker: { column: 'is_blocker', equals: 'true' },
    updatedAt: 'updated_at',
    where: live,
    also: {
      channel: 'internal',
      created_by: { from: 'requestedBy', otherwise: '00000000-0000-4000-8000-000000000001' },
    },
  },
  auditLogs: {
    table: 'audit_log',
    userId: 'account_id',
    actionType: 'action',
    resourceType: 'entity',
    resourceId: 'entity_id',
    metadata: 'details',
    createdAt: 'happened_at',
    also: { source: 'wrk-builds' },
  },
};
