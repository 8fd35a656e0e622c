import type pg from 'pg';
import { type Builds, createBuilds, logEvents, type Notifier } from 'wrk-builds';
import { nodePostgres, type PostgresTx, postgres } from 'wrk-builds/postgres';
import { type Secret, wrkHttp } from 'wrk-builds/wrk-http';
import { resolveRecipientsFrom } from './directory.js';
import type { Log } from './logger.js';
import { mailService } from './mail-service.js';
import type { Metrics } from './metrics.js';

/** What the library is wired to. */
export interface WireDeps {
  readonly pool: pg.Pool;
  readonly wrk: { readonly url: string; readonly token: Secret };
  /** Where e-mails are handed over; left out, they are lines of the log. */
  readonly mailUrl: string | undefined;
  readonly logger: Log['logger'];
  readonly metrics: Metrics;
}

/** Wires the library: the same for processes that take requests and for those that only work. */
export function wire({ pool, wrk, mailUrl, logger, metrics }: WireDeps): Builds<PostgresTx> {
  const storage = postgres(nodePostgres(pool));
  const email = mailUrl === undefined ? mailToLog(logger) : mailService(mailUrl);
  const log = logEvents(logger);
  return createBuilds({
    ...storage,
    wrk: wrkHttp({
      baseUrl: wrk.url,
      token: wrk.token,
      // Ask whoever runs your WRK what it offers against creating a workflow twice.
      duplicates: { by: 'idempotency-key' },
      // Where the workflows of your WRK open: the URL of one becomes a button in a mail.
      workflowUrlHosts: ['app.wrk.example'],
    }),
    notifiers: { email: metrics.timed(email), inApp: metrics.timed(storage.inAppNotifier) },
    resolveRecipients: resolveRecipientsFrom(pool),
    // Nothing is done on tables that do not fit, and /readyz says so.
    verifyAtStart: true,
    onEvent: (event) => {
      log(event);
      metrics.onEvent(event);
    },
  });
}

/** In place of a mail service. */
function mailToLog(logger: Log['logger']): Notifier {
  return {
    deliver: async ({ recipient, message }) => {
      logger.info({ template: message.template, recipient_id: recipient.id }, 'mail_logged');
      return { status: 'delivered' };
    },
  };
}
