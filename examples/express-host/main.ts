/**
 * An Express host with its own workers: requests come in over HTTP, builds are worked off in the same process, and
 * SIGTERM ends both without losing a build. Run as many of these as you like on one database.
 */
import type { Server } from 'node:http';
import pg from 'pg';
import { createBuilds, logEvents } from 'wrk-builds';
import { migrate, nodePostgres, postgres } from 'wrk-builds/postgres';
import { wrkHttp } from 'wrk-builds/wrk-http';
import { createHost } from './create-host.js';
import { createDirectory } from './directory.js';
import { logger } from './logger.js';
import { mailService } from './mail-service.js';
import { readSettings, type Settings } from './settings.js';

async function start(settings: Settings): Promise<void> {
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

  const onProblem = (problem: unknown) =>
    logger.error({ problem: problem instanceof Error ? problem.message : 'unknown' }, 'request_failed');
  const server = createHost({ builds, sessionOf, onProblem }).listen(settings.PORT);
  server.once('listening', () => logger.info({ port: portOf(server) }, 'listening'));
  const workers = builds.startWorkers();

  process.once('SIGTERM', async () => {
    // Requests first: one that is accepted while the workers stop is built by the next process.
    await new Promise((resolve) => server.close(resolve));
    await workers.stop();
    await pool.end();
    logger.info({}, 'stopped');
  });
}

function portOf(server: Server): number | null {
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? null) : null;
}

const settings = readSettings(process.env);
if (settings.isOk()) {
  await start(settings.value);
} else {
  process.stderr.write(`${settings.error}\n`);
  process.exitCode = 1;
}
