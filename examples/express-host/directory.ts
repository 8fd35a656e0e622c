import type pg from 'pg';
import type { Recipient, ResolveRecipients } from 'wrk-builds';

/** Finds out whom a notification goes to: people of the build's tenant, and the staff who build for every tenant. */
export function resolveRecipientsFrom(pool: pg.Pool): ResolveRecipients {
  const find = async (where: string, values: readonly (string | null)[]) => {
    const text = `select p.id, p.email as address from host.people p where p.is_active and ${where}`;
    const { rows } = await pool.query<Recipient>(text, [...values]);
    return rows;
  };
  return async ({ tenantId, audience, projectId, assigneeId }) => {
    switch (audience) {
      case 'client':
        return find("p.tenant_id = $1 and 'client' = any(p.roles)", [tenantId]);
      case 'project_owner':
        return find(
          'p.id = (select owner_id from projects where tenant_id = $1 and id = $2) and p.tenant_id = $1',
          [tenantId, projectId],
        );
      case 'ops_team':
        return find("(p.tenant_id = $1 or p.is_staff) and 'ops_build' = any(p.roles)", [tenantId]);
      case 'solutions_engineer':
        return find('p.id = $2 and (p.tenant_id = $1 or p.is_staff)', [tenantId, assigneeId]);
      // Only Slack has channels, and wire.ts names no notifier for it.
      case 'ops_channel':
        return [];
    }
  };
}
