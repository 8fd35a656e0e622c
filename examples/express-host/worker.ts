/**
 * A worker process: the host with the same settings, without its API. Run as many of these as you like. SIGTERM or Ctrl-C
 * shuts it down gracefully: it claims nothing more, gives its calls GRACE_MS to finish, and reschedules the rest.
 */
import express from 'express';
import { openPool, prepareDatabase } from './database.js';
import { openDeps } from './deps.js';
import { healthRoutes } from './health.js';
import { createMetrics } from './metrics.js';
import { noSniff } from './refuse.js';
import { runProcess } from './run-process.js';
import { serve } from './serve.js';
import { wire } from './wire.js';

await runProcess('worker', async ({ settings, logger, ending }) => {
  const deps = await openDeps(settings, ending);
  const pool = openPool(deps.databaseUrl, logger);
  ending.add('pool', () => pool.end());
  await prepareDatabase(pool);

  const metrics = createMetrics();
  const builds = wire({ pool, wrk: deps.wrk, mailUrl: settings.MAIL_URL, logger, metrics });
  // Health checks must get an answer during the shutdown, so the server stops last.
  const isStopping = ending.hasBegun;
  const { url, stop } = await serve({ port: settings.PORT ?? 0, address: settings.ADDRESS }, () =>
    express()
      .disable('x-powered-by')
      .use(
        noSniff,
        healthRoutes({ builds, metrics, logger, isStopping, healthToken: settings.HEALTH_TOKEN ?? null }),
      ),
  );
  ending.add('server', (leftMs) => stop(leftMs()));
  const workers = builds.startWorkers();
  ending.add('workers', (leftMs) => workers.stop({ graceMs: leftMs() }));
  logger.info({ url }, 'working');
});
