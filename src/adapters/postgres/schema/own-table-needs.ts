import { DEFAULT_SCHEMA, type PostgresOptions } from '../mapping/tables.js';
import type { TableNeed } from './needs.js';
import { need } from './needs.js';

/** What the library does with its own tables. It never deletes a build, a call or an answer of WRK. */
const OWN_TABLES: Readonly<Record<string, Partial<TableNeed>>> = {
  migrations: { insert: [], update: [] },
  workflow_bindings: { locks: true, unique: [['id'], ['automation_version_id'], ['wrk_workflow_id']] },
  workflow_calls: { unique: [['id'], ['binding_id', 'run', 'number']] },
  messages: { locks: true, delete: true, unique: [['id'], ['queue', 'key']] },
  notification_deliveries: { locks: true, delete: true, unique: [['key']] },
  in_app_notifications: { update: ['read_at'], unique: [['id'], ['key']] },
  idempotency_answers: { delete: true, unique: [['tenant_id', 'operation', 'key']] },
  circuit_breakers: { locks: true, delete: true, unique: [['scope']] },
  claim_limits: { locks: true, unique: [['key']] },
};

/** What the library needs from its own tables. */
export function ownTableNeeds({ schema = DEFAULT_SCHEMA }: PostgresOptions): readonly TableNeed[] {
  return Object.entries(OWN_TABLES).map(([table, more]) => ({
    schema,
    table,
    mappedBy: null,
    select: 'all',
    insert: 'all',
    update: 'all',
    delete: false,
    locks: false,
    columns: OWN_HOST_IDS[table]?.map((column) => need('ids', column, { is: 'id' })) ?? [],
    unique: [],
    lookups: [],
    ...more,
  }));
}

/** Columns of the library's own tables that contain ids of the host. */
const OWN_HOST_IDS: Readonly<Record<string, readonly string[]>> = {
  workflow_bindings: ['tenant_id', 'automation_version_id', 'project_id', 'requested_by', 'assignee_id'],
  workflow_calls: ['tenant_id'],
  messages: ['tenant_id'],
  notification_deliveries: ['tenant_id'],
  in_app_notifications: ['tenant_id'],
  idempotency_answers: ['tenant_id'],
  circuit_breakers: ['tenant_id'],
};
