import pg from 'pg';
import { type Builds, createBuilds, logEvents } from 'wrk-builds';
import { migrate, nodePostgres, type PostgresTx, postgres } from 'wrk-builds/postgres';
import { wrkHttp } from 'wrk-builds/wrk-http';
import { createDirectory, type Directory } from './directory.js';
import { logger } from './logger.js';
import { mailService } from './mail-service.js';
import type { Settings } from './settings.js';

/** The library, wired, and what the host needs besides. */
export interface Wired extends Pick<Directory, 'sessionOf'> {
  readonly builds: Builds<PostgresTx>;
  readonly pool: pg.Pool;
}

/** Wires the library for this host: the same for the process that takes requests and for those that only work. */
export async function wire(settings: Settings): Promise<Wired> {
  const pool = new pg.Pool({ connectionString: settings.DATABASE_URL });
  pool.on('error', ({ message }) => logger.error({ problem: message }, 'database_connection_lost'));
  const database = nodePostgres(pool);
  await migrate(database);

  const { sessionOf, resolveRecipients } = createDirectory(settings.PEOPLE_FILE);
  const storage = postgres(database);
  const builds = createBuilds({
    ...storage,
    wrk: wrkHttp({
      baseUrl: settings.WRK_URL,
      token: settings.WRK_TOKEN,
      // Ask whoever runs your WRK what it offers against creating a workflow twice.
      duplicates: { by: 'idempotency-key' },
    }),
    notifiers: { email: mailService(settings.MAIL_URL), inApp: storage.inAppNotifier },
    resolveRecipients,
    onEvent: logEvents(logger),
  });
  return { builds, pool, sessionOf };
}
