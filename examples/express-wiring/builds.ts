import nodemailer from 'nodemailer';
import type pg from 'pg';
import { createBuilds, logEvents, stepsBlueprint } from 'wrk-builds';
import { smtpNotifier } from 'wrk-builds/notify';
import { nodePostgres, postgres } from 'wrk-builds/postgres';
import { secret, wrkHttp } from 'wrk-builds/wrk-http';
import { host } from './host.js';
import { recipientsIn } from './recipients.js';
import { setting } from './setting.js';
import { templates } from './templates.js';

/** The library on your pool: the same in every process, whether it takes requests, builds, or both. */
export function wireBuilds(pool: pg.Pool) {
  const storage = postgres(nodePostgres(pool), { host });
  const email = smtpNotifier({
    transport: nodemailer.createTransport(setting('MAIL_URL')),
    from: setting('MAIL_FROM'),
    links: { baseUrl: setting('APP_ORIGIN') },
    templates,
  });
  return createBuilds({
    ...storage,
    wrk: wrkHttp({
      baseUrl: setting('WRK_URL'),
      token: secret(setting('WRK_TOKEN')),
      duplicates: { by: 'idempotency-key' }, // ask whoever runs your WRK what it offers against duplicates
      workflowUrlHosts: [setting('WRK_APP_HOST')],
    }),
    blueprint: stepsBlueprint,
    notifiers: { email, inApp: storage.inAppNotifier },
    resolveRecipients: recipientsIn(pool),
    verifyAtStart: true,
    onEvent: logEvents(console),
  });
}
