/**
 * A process that takes no requests and only works: the host with the same settings and without its API. Run as many of
 * these as you like. SIGTERM or Ctrl-C ends it in order: it takes no more, gives the calls that it holds GRACE_MS to end,
 * and puts the rest back for the others.
 */
import express from 'express';
import { openPool, prepareDatabase } from './database.js';
import { healthRoutes } from './health.js';
import { createMetrics } from './metrics.js';
import { openParts } from './parts.js';
import { runProcess } from './run-process.js';
import { serve } from './serve.js';
import { wire } from './wire.js';

await runProcess('worker', async ({ settings, logger, ending }) => {
  const parts = await openParts(settings, ending);
  const pool = openPool(parts.databaseUrl, logger);
  ending.add('pool', () => pool.end());
  await prepareDatabase(pool);

  const metrics = createMetrics();
  const builds = wire({ pool, wrk: parts.wrk, mailUrl: settings.MAIL_URL, logger, metrics });
  // What it is asked while it stops it can still tell: so the server stops last.
  const isStopping = ending.hasBegun;
  const { url, stop } = await serve({ port: settings.PORT ?? 0, address: settings.ADDRESS }, () =>
    express().disable('x-powered-by').use(healthRoutes({ builds, metrics, logger, isStopping })),
  );
  ending.add('server', (leftMs) => stop(leftMs()));
  const workers = builds.startWorkers();
  ending.add('workers', (leftMs) => workers.stop({ graceMs: leftMs() }));
  logger.info({ url }, 'working');
});
