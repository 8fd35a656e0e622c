import type pg from 'pg';
import type { Recipient, ResolveRecipients } from 'wrk-builds';

/** Who a notification is for: your people, and where your mail reaches them. */
export function recipientsIn(pool: pg.Pool): ResolveRecipients {
  const text = `
select id, email as address from people where case $4::text
  when 'client' then org_id = $1 and role = 'client'
  when 'project_owner' then id = (select owner_id from engagements where org_id = $1 and id = $2)
  when 'solutions_engineer' then id = $3
  when 'ops_team' then role = 'staff'
  else false end`;
  return async ({ tenantId, projectId, assigneeId, audience }) =>
    (await pool.query<Recipient>(text, [tenantId, projectId, assigneeId, audience])).rows;
}
