/**
 * The host: it serves HTTP requests and runs builds in the same process. SIGTERM or Ctrl-C stops both without losing a
 * build. Run as many of these as you like on one database.
 */
import { createApp } from './app.js';
import { openPool, prepareDatabase } from './database.js';
import { openDeps } from './deps.js';
import { createMetrics } from './metrics.js';
import { peopleIn } from './people.js';
import { readyMessage } from './ready-message.js';
import { runProcess } from './run-process.js';
import { serve } from './serve.js';
import { createSessions } from './sessions.js';
import { wire } from './wire.js';

await runProcess('host', async ({ settings, logger, ending }) => {
  // 1. Database and WRK.
  const deps = await openDeps(settings, ending);
  const pool = openPool(deps.databaseUrl, logger);
  ending.add('pool', () => pool.end());
  await prepareDatabase(pool);

  // 2. The library, and some data to try it with.
  const metrics = createMetrics();
  const builds = wire({ pool, wrk: deps.wrk, mailUrl: settings.MAIL_URL, logger, metrics });
  const isSeeded = (settings.SEED ?? (deps.isEmbedded ? 'yes' : 'no')) === 'yes';
  const seeded = isSeeded ? await (await import('./seed/seed.js')).seed(pool, builds) : null;

  // 3. Workers. They stop after the last request; a build that it still accepts waits for the next process.
  if (settings.WORKERS === 'here') {
    const workers = builds.startWorkers();
    ending.add('workers', (leftMs) => workers.stop({ graceMs: leftMs() }));
  }

  // 4. The server. It stops first.
  const sessions = createSessions(pool, settings.SESSION_SECRET, logger);
  ending.add('sessions', sessions.close);
  const isStopping = ending.hasBegun;
  const people = peopleIn(pool);
  const { url, stop } = await serve({ port: settings.PORT ?? 3_000, address: settings.ADDRESS }, (own) => {
    const origins = settings.ORIGINS ?? [own, own.replace('127.0.0.1', 'localhost')];
    const isOwnOrigin = (origin: string) => origins.includes(origin);
    const trustProxy = settings.TRUST_PROXY;
    const healthToken = settings.HEALTH_TOKEN ?? null;
    const shared = { builds, metrics, logger, isStopping, healthToken };
    return createApp({ ...shared, people, sessions, isOwnOrigin, trustProxy });
  });
  ending.add('server', (leftMs) => stop(leftMs()));
  logger.info({ url, workers: settings.WORKERS }, 'listening');
  process.stdout.write(await readyMessage({ url, deps, workers: settings.WORKERS, seeded, ending }));
});
