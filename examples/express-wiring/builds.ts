import nodemailer from 'nodemailer';
import type pg from 'pg';
import { createBuilds, logEvents, stepsBlueprint } from 'wrk-builds';
import { smtpNotifier } from 'wrk-builds/notify';
import { nodePostgres, postgres } from 'wrk-builds/postgres';
import { secret, wrkHttp } from 'wrk-builds/wrk-http';
import { host } from './host.js';
import { setting } from './setting.js';
import { templates } from './templates.js';

const RECIPIENTS = `
select id, email as address from people where case $4::text
  when 'client' then org_id = $1 and role = 'client'
  when 'project_owner' then id = (select owner_id from engagements where org_id = $1 and id = $2)
  when 'solutions_engineer' then id = $3
  when 'ops_team' then role = 'staff' else false end`;

/** The library on your pool: the same in every process, whether it takes requests, builds, or both. */
export function wireBuilds(pool: pg.Pool) {
  const email = smtpNotifier({
    transport: nodemailer.createTransport(setting('MAIL_URL')),
    from: setting('MAIL_FROM'),
    links: { baseUrl: setting('APP_ORIGIN') },
    templates,
  });
  return createBuilds({
    ...postgres(nodePostgres(pool), { host }),
    wrk: wrkHttp({
      baseUrl: setting('WRK_URL'),
      token: secret(setting('WRK_TOKEN')),
      duplicates: { by: 'idempotency-key' }, // ask whoever runs your WRK what it offers against duplicates
      workflowUrlHosts: [setting('WRK_APP_HOST')],
    }),
    blueprint: stepsBlueprint,
    notifiers: { email },
    resolveRecipients: async ({ tenantId, projectId, assigneeId, audience }) =>
      (await pool.query(RECIPIENTS, [tenantId, projectId, assigneeId, audience])).rows,
    verifyAtStart: true,
    onEvent: logEvents(console),
  });
}
