/**
 * The host: requests come in over HTTP, builds are worked off in the same process, and SIGTERM or Ctrl-C ends both
 * without losing one. Run as many of these as you like on one database.
 */
import { createApp } from './app.js';
import { openPool, prepareDatabase } from './database.js';
import { createMetrics } from './metrics.js';
import { openParts } from './parts.js';
import { peopleIn } from './people.js';
import { readyMessage } from './ready-message.js';
import { runProcess } from './run-process.js';
import { serve } from './serve.js';
import { createSessions } from './sessions.js';
import { wire } from './wire.js';

await runProcess('host', async ({ settings, logger, ending }) => {
  // 1. What it stands on.
  const parts = await openParts(settings, ending);
  const pool = openPool(parts.databaseUrl, logger);
  ending.add('pool', () => pool.end());
  await prepareDatabase(pool);

  // 2. The library, and something to try it on.
  const metrics = createMetrics();
  const builds = wire({ pool, wrk: parts.wrk, mailUrl: settings.MAIL_URL, logger, metrics });
  const isSeeded = (settings.SEED ?? (parts.isEmbedded ? 'yes' : 'no')) === 'yes';
  const seeded = isSeeded ? await (await import('./seed/seed.js')).seed(pool, builds) : null;

  // 3. Workers, which stop after the last request: one that it still makes is rescheduled for the next process.
  if (settings.WORKERS === 'here') {
    const workers = builds.startWorkers();
    ending.add('workers', (leftMs) => workers.stop({ graceMs: leftMs() }));
  }

  // 4. The server, which stops first.
  const sessions = createSessions(pool, settings.SESSION_SECRET, logger);
  ending.add('sessions', sessions.close);
  const isStopping = ending.hasBegun;
  const people = peopleIn(pool);
  const { url, stop } = await serve({ port: settings.PORT ?? 3_000, address: settings.ADDRESS }, (own) => {
    const origins = settings.ORIGINS ?? [own, own.replace('127.0.0.1', 'localhost')];
    const isOwnOrigin = (origin: string) => origins.includes(origin);
    const trustProxy = settings.TRUST_PROXY;
    return createApp({ builds, people, sessions, metrics, logger, isOwnOrigin, isStopping, trustProxy });
  });
  ending.add('server', (leftMs) => stop(leftMs()));
  logger.info({ url, workers: settings.WORKERS }, 'listening');
  process.stdout.write(await readyMessage({ url, parts, workers: settings.WORKERS, seeded, ending }));
});
