import type { Tables } from '../mapping/tables.js';

const auditColumns = (id: string) =>
  `as x ("tenantId" ${id}, "userId" ${id}, "actionType" text, "resourceType" text, "resourceId" ${id}, metadata jsonb)`;

/** One audit entry from a JSON object, as a row. */
export const auditRecord = ({ idType }: Tables, json: string): string =>
  `pg_catalog.jsonb_to_record(${json}) ${auditColumns(idType)}`;

/** The audit entries from a JSON array, as rows. */
export const auditRecords = ({ idType }: Tables, json: string): string =>
  `pg_catalog.jsonb_to_recordset(${json}) ${auditColumns(idType)}`;

/** Adds the audit entries that `rows` selects. */
export function insertAudit(tables: Tables, rows: string): string {
  const into = tables.write.insertAudit({
    tenantId: '"tenantId"',
    userId: '"userId"',
    actionType: '"actionType"',
    resourceType: '"resourceType"',
    resourceId: '"resourceId"',
    metadata: 'metadata',
    createdAt: 'pg_catalog.clock_timestamp()',
  });
  return `${into} from (${rows}) entry`;
}

/** The messages from a JSON array, as rows. */
export const messageRecords = ({ idType }: Tables, json: string): string =>
  `pg_catalog.jsonb_to_recordset(${json}) as x (queue text, key text, "tenantId" ${idType}, "bindingId" uuid, body jsonb, "delayMs" int, priority int)`;

/**
 * Adds the messages that `rows` selects, and returns their queues and times. A key that is still waiting keeps its message,
 * with the earlier of the two times and the newer of the two priorities.
 * The holder of a leased message may settle it without seeing the new one, so it loses the lease and the message waits
 * again. A message that was handed over to an engine for a later time and is now due earlier must be handed over again.
 * Sorted, so that two statements that add the same keys cannot deadlock.
 */
export function insertMessages(tables: Tables, rows: string): string {
  return `insert into ${tables.messages} as waiting (queue, key, tenant_id, binding_id, body, run_at, priority)
  select distinct on (queue, key) queue, key, "tenantId", "bindingId", body, pg_catalog.now() + "delayMs" * interval '1 millisecond', coalesce(priority, 0)
    from (${rows}) message order by queue, key, "delayMs"
  on conflict (queue, key) where dead_at is null do update
     set run_at = case when waiting.lease_until is not null then excluded.run_at else least(waiting.run_at, excluded.run_at) end,
         delivery_count = waiting.delivery_count + case when waiting.lease_until is not null then 1 else 0 end,
         handed_until = case when waiting.lease_until is not null or excluded.run_at < waiting.run_at then null else waiting.handed_until end,
         lease_until = null, priority = excluded.priority
  returning waiting.queue, waiting.run_at`;
}
