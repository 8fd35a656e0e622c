/**
 * A process that takes no requests and only works: the host of examples/express-host, with the same settings and without
 * its web server. Run as many of these as you like. SIGTERM or Ctrl-C ends it in order: it takes no more, gives the calls
 * that it holds GRACE_MS to end, and puts the rest back for the others. Give it less than whoever stops it waits before
 * SIGKILL (30 s in Kubernetes, 10 s in Docker).
 */
import { logger } from '../express-host/logger.js';
import { startWith } from '../express-host/settings.js';
import { onStopSignal } from '../express-host/stop-signals.js';
import { wire } from '../express-host/wire.js';

await startWith(async (settings) => {
  const { builds, pool } = await wire(settings);
  const workers = builds.startWorkers();
  logger.info({}, 'working');

  onStopSignal(async (signal) => {
    logger.info({ signal }, 'stopping');
    await workers.stop({ graceMs: settings.GRACE_MS });
    await pool.end();
    logger.info({}, 'stopped');
  });
});
