import type { HostMapping } from 'wrk-builds/postgres';

const labels = {
  'Ready for Build': 'ReadyForBuild',
  'Awaiting Client Approval': 'ClientApproval',
  'Build in Progress': 'BuildInProgress',
  'QA & Testing': 'QATesting',
};
const flow = {
  status: { column: 'state', enum: 'flow_state', labels },
  updatedAt: 'changed_at',
};
const inMetadata = (key: string) => ({ column: 'metadata', path: [key] as const });

/** How your tables differ from those of the flows. */
export const host: HostMapping = {
  tenantId: 'org_id',
  automations: { table: 'processes', name: 'title' },
  projects: { ...flow, table: 'engagements', checklistProgress: 'done_percent' },
  automationVersions: { ...flow, table: 'process_versions', automationId: 'process_id', blueprint: 'spec' },
  projectLink: { in: 'projects', column: 'process_version_id' },
  quotes: {
    table: 'offers',
    automationVersionId: 'process_version_id',
    status: { column: 'state', enum: 'offer_state', labels: { signed: 'accepted' } },
    expiresAt: 'valid_until',
  },
  tasks: {
    table: 'todos',
    project: 'engagement_id',
    kind: inMetadata('kind'),
    slug: inMetadata('slug'),
    category: inMetadata('category'),
    status: { column: 'state', enum: 'todo_state' },
    blocker: { column: 'priority', equals: 'blocker' },
  },
  auditLogs: {
    table: 'audit_trail',
    userId: 'person_id',
    actionType: 'action',
    metadata: 'metadata',
  },
};
