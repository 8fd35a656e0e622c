import type { HostMapping } from 'wrk-builds/postgres';
import { stableId } from '../../../src/testing/builders.js';

/** Whom the agency's tasks are from if nobody asked for them. */
export const SYSTEM_ACCOUNT = stableId('system account');

const LIVE = { deleted_at: { isNull: true } } as const;
const STAGE = {
  column: 'stage',
  enum: 'stage',
  labels: {
    'Ready for Build': 'ready',
    'Awaiting Client Approval': 'awaiting_client',
    'Build in Progress': 'building',
    'QA & Testing': 'qa',
    Scoping: 'scoping',
  },
} as const;

/** How the tables of `test/fixtures/agency-host.sql` are to be read. All that such a host has to write. */
export const AGENCY_MAPPING: HostMapping = {
  schema: 'agency',
  tenantId: 'workspace_id',
  automations: { where: LIVE },
  projects: {
    status: STAGE,
    checklistProgress: 'progress',
    // A trigger sets it.
    updatedAt: null,
    where: LIVE,
  },
  automationVersions: {
    table: 'versions',
    status: STAGE,
    blueprint: 'blueprint',
    updatedAt: 'edited_at',
    where: LIVE,
  },
  quotes: {
    status: {
      column: 'stage',
      enum: 'quote_stage',
      labels: { signed: 'countersigned', withdrawn: 'void', sent: 'open' },
    },
    where: { ...LIVE, quote_type: { equals: 'build' }, price: { isNull: false } },
  },
  tasks: {
    project: 'project_id',
    automationVersion: 'automation_version_id',
    slug: 'slug',
    status: {
      column: 'stage',
      enum: 'task_stage',
      labels: { pending: 'todo', in_progress: 'doing', complete: 'done' },
    },
    // A generated column: compared, and so never written.
    blocker: { column: 'is_blocker', equals: 'true' },
    updatedAt: 'updated_at',
    where: { ...LIVE, channel: { in: ['internal', 'client'] } },
    also: {
      channel: 'internal',
      automation_id: { from: 'automationId' },
      created_by: { from: 'requestedBy', otherwise: SYSTEM_ACCOUNT },
      due_on: { from: 'now', plusDays: 14 },
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
