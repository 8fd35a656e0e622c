import type { AuditLog, StoredAuditEntry } from '../../../ports/audit-log.js';
import type { PostgresDatabase } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { isId } from '../rows/rows.js';
import { auditRecords, insertAudit } from '../sql/insert-rows.js';
import { type PostgresTx, queryOf } from '../transactions/transaction.js';

/** The host's `audit_logs`. Entries are only inserted and read. */
export function postgresAuditLog(database: PostgresDatabase, tables: Tables): AuditLog<PostgresTx> {
  const append = {
    name: 'wrk_builds_append_audit',
    text: insertAudit(tables, `select * from ${auditRecords(tables, '$1::text::jsonb')}`),
  };
  const list = {
    name: 'wrk_builds_list_audit',
    text: `
select pg_catalog.json_build_object(
         'id', id, 'tenantId', tenant_id, 'userId', user_id, 'actionType', action_type, 'resourceType', resource_type,
         'resourceId', resource_id, 'metadata', metadata,
         'createdAt', pg_catalog.to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))::text as entry
  from ${tables.auditLogs} entry where tenant_id = $1::${tables.idType} and resource_id = $2::${tables.idType} order by created_at, id`,
  };
  return {
    database: database.identity,
    append: async (tx, entries) => {
      if (entries.length > 0) await queryOf(tx, database)(append, [JSON.stringify(entries)]);
    },
    list: async ({ tenantId, resourceId }) => {
      if (!isId(tables.idType, tenantId) || !isId(tables.idType, resourceId)) return [];
      const rows = await database.query<{ entry: string }>(list, [tenantId, resourceId]);
      return rows.map((row): StoredAuditEntry => JSON.parse(row.entry));
    },
  };
}
