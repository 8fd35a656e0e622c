import nodemailer from 'nodemailer';
import pg from 'pg';
import { createBuilds, logEvents } from 'wrk-builds';
import { createBuildsHandler } from 'wrk-builds/http';
import { smtpNotifier } from 'wrk-builds/notify';
import { nodePostgres, postgres } from 'wrk-builds/postgres';
import { secret, wrkHttp } from 'wrk-builds/wrk-http';
import { host } from './host';
import { authenticate } from './session';
import { setting } from './setting';
import { templates } from './templates';

const RECIPIENTS = `
select id, email as address from agency.accounts where case $4::text
  when 'client' then workspace_id = $1 and role = 'client'
  when 'project_owner' then id = (select owner_id from agency.projects where workspace_id = $1 and id = $2)
  when 'solutions_engineer' then id = $3
  when 'ops_team' then role = 'ops_build' else false end`;

export const openPool = () => new pg.Pool({ connectionString: setting('DATABASE_URL') });

/** The library on your pool: the same in the application and in its workers. */
export function wireBuilds(pool: pg.Pool) {
  const transport = nodemailer.createTransport(setting('MAIL_URL'));
  const links = { baseUrl: setting('APP_ORIGIN') };
  return createBuilds({
    ...postgres(nodePostgres(pool), { host }),
    wrk: wrkHttp({
      baseUrl: setting('WRK_URL'),
      token: secret(setting('WRK_TOKEN')),
      duplicates: { by: 'idempotency-key' }, // ask whoever runs your WRK what it offers against duplicates
      workflowUrlHosts: [setting('WRK_APP_HOST')],
    }),
    notifiers: { email: smtpNotifier({ transport, from: setting('MAIL_FROM'), links, templates }) },
    resolveRecipients: async ({ tenantId, projectId, assigneeId, audience }) =>
      (await pool.query(RECIPIENTS, [tenantId, projectId, assigneeId, audience])).rows,
    onEvent: logEvents(console),
  });
}

/** The API. Opened at the first request: `next build` loads its route too, and has no settings. */
export function openApi() {
  const pool = openPool();
  const roles = { operate_builds: ['ops_build'] };
  const allowedOrigins = [setting('APP_ORIGIN')];
  return createBuildsHandler({ builds: wireBuilds(pool), authenticate, roles, allowedOrigins });
}
