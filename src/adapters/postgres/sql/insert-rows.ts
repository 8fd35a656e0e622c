import type { Tables } from '../tables.js';

/** One audit entry of a JSON object, as a row. */
export const auditRecord = (json: string): string =>
  `jsonb_to_record(${json}) as x ("tenantId" uuid, "userId" uuid, "actionType" text, "resourceType" text, "resourceId" uuid, metadata jsonb)`;

/** Adds the audit entries that `rows` selects. */
export function insertAudit(tables: Tables, rows: string): string {
  return `insert into ${tables.auditLogs} (tenant_id, user_id, action_type, resource_type, resource_id, metadata_json, created_at)
  select "tenantId", "userId", "actionType", "resourceType", "resourceId", metadata, clock_timestamp() from (${rows}) entry`;
}

/** The messages of a JSON array, as rows. */
export const messageRecords = (json: string): string =>
  `jsonb_to_recordset(${json}) as x (queue text, key text, "tenantId" uuid, "bindingId" uuid, body jsonb, "delayMs" int, priority int)`;

/**
 * Adds the messages that `rows` selects; a key that still waits keeps its message, at the earlier of the two times and
 * the newer of the two priorities.
 * A message in somebody's hands may be settled without what is new: it is taken from them and waits again.
 * Sorted, so that two statements that add the same keys cannot wait for each other in a circle.
 */
export function insertMessages(tables: Tables, rows: string): string {
  return `insert into ${tables.messages} as waiting (queue, key, tenant_id, binding_id, body, run_at, priority)
  select distinct on (queue, key) queue, key, "tenantId", "bindingId", body, now() + "delayMs" * interval '1 millisecond', coalesce(priority, 0)
    from (${rows}) message order by queue, key, "delayMs"
  on conflict (queue, key) where dead_at is null do update
     set run_at = case when waiting.lease_until is not null then excluded.run_at else least(waiting.run_at, excluded.run_at) end,
         deliveries = waiting.deliveries + case when waiting.lease_until is not null then 1 else 0 end,
         lease_until = null, priority = excluded.priority`;
}
