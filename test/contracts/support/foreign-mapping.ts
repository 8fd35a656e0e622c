import type { HostMapping } from 'wrk-builds/postgres';

/** How the tables of `test/fixtures/foreign-host.sql` are to be read. All that such a host has to write. */
export const FOREIGN_MAPPING: HostMapping = {
  tenantId: 'org_id',
  automations: { table: 'processes', name: 'title' },
  projects: {
    table: 'engagements',
    status: {
      column: 'state',
      enum: 'flow_state',
      labels: {
        'Ready for Build': 'ReadyForBuild',
        'Awaiting Client Approval': 'ClientApproval',
        'Build in Progress': 'BuildInProgress',
        'QA & Testing': 'QATesting',
        Scoping: ['Pricing', 'Intake'],
      },
    },
    checklistProgress: 'done_percent',
    updatedAt: 'changed_at',
  },
  automationVersions: {
    table: 'process_versions',
    automationId: 'process_id',
    status: {
      column: 'state',
      enum: 'flow_state',
      labels: {
        'Ready for Build': 'ReadyForBuild',
        'Awaiting Client Approval': 'ClientApproval',
        'Build in Progress': 'BuildInProgress',
        'QA & Testing': 'QATesting',
      },
    },
    blueprint: 'spec',
    updatedAt: 'changed_at',
  },
  projectLink: { in: 'projects', column: 'process_version_id' },
  quotes: {
    table: 'offers',
    automationVersionId: 'process_version_id',
    status: { column: 'state', enum: 'offer_state', labels: { signed: 'accepted', withdrawn: 'declined' } },
    expiresAt: 'valid_until',
  },
  tasks: {
    table: 'todos',
    project: 'engagement_id',
    kind: { column: 'metadata', path: ['kind'] },
    slug: { column: 'metadata', path: ['slug'] },
    category: { column: 'metadata', path: ['category'] },
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
