import type { Tables } from '../mapping/tables.js';

const auditColumns = (id: string) =>
  `as x ("tenantId" ${id}, "userId" ${id}, "actionType" text, "resourceType" text, "resourceId" ${id}, metadata jsonb)`;

/** One audit entry of a JSON object, as a row. */
export const auditRecord = ({ idType }: Tables, json: string): string =>
  `jsonb_to_record(${json}) ${auditColumns(idType)}`;

/** The audit entries of a JSON array, as rows. */
export const auditRecords = ({ idType }: Tables, json: string): string =>
  `jsonb_to_recordset(${json}) ${auditColumns(idType)}`;

/** Adds the audit entries that `rows` selects. */
export function insertAudit(tables: Tables, rows: string): string {
  const into = tables.write.insertAudit({
    tenantId: '"tenantId"',
    userId: '"userId"',
    actionType: '"actionType"',
    resourceType: '"resourceType"',
    resourceId: '"resourceId"',
    metadata: 'metadata',
    createdAt: 'clock_timestamp()',
  });
  return `${into} from (${rows}) entry`;
}

/** The messages of a JSON array, as rows. */
export const messageRecords = ({ idType }: Tables, json: string): string =>
  `jsonb_to_recordset(${json}) as x (queue text, key text, "tenantId" ${idType}, "bindingId" uuid, body jsonb, "delayMs" int, priority int)`;

/**
 * Adds the messages that `rows` selects, and returns their queues and times; a key that still waits keeps its message, at
 * the earlier of the two times and the newer of the two priorities.
 * A message in somebody's hands may be settled without what is new: it is taken from them and waits again. One that was
 * handed over to an engine for later, and comes earlier now, is to be handed over anew.
 * Sorted, so that two statements that add the same keys cannot wait for each other in a circle.
 */
export function insertMessages(tables: Tables, rows: string): string {
  return `insert into ${tables.messages} as waiting (queue, key, tenant_id, binding_id, body, run_at, priority)
  select distinct on (queue, key) queue, key, "tenantId", "bindingId", body, now() + "delayMs" * interval '1 millisecond', coalesce(priority, 0)
    from (${rows}) message order by queue, key, "delayMs"
  on conflict (queue, key) where dead_at is null do update
     set run_at = case when waiting.lease_until is not null then excluded.run_at else least(waiting.run_at, excluded.run_at) end,
         delivery_count = waiting.delivery_count + case when waiting.lease_until is not null then 1 else 0 end,
         handed_until = case when waiting.lease_until is not null or excluded.run_at < waiting.run_at then null else waiting.handed_until end,
         lease_until = null, priority = excluded.priority
  returning waiting.queue, waiting.run_at`;
}
