/**
 * An Express host with its own workers: requests come in over HTTP, builds are worked off in the same process, and
 * SIGTERM or Ctrl-C ends both without losing a build. Run as many of these as you like on one database.
 */
import type { Server } from 'node:http';
import { createHost } from './create-host.js';
import { logger } from './logger.js';
import { type Settings, startWith } from './settings.js';
import { onStopSignal } from './stop-signals.js';
import { wire } from './wire.js';

async function start(settings: Settings): Promise<void> {
  const { builds, pool, sessionOf } = await wire(settings);

  const onProblem = (problem: unknown) =>
    logger.error({ problem: problem instanceof Error ? problem.message : 'unknown' }, 'request_failed');
  const server = createHost({ builds, sessionOf, onProblem }).listen(settings.PORT);
  server.once('listening', () => logger.info({ port: portOf(server) }, 'listening'));
  const workers = builds.startWorkers();

  onStopSignal(async (signal) => {
    logger.info({ signal }, 'stopping');
    // Requests first: one that is accepted while the workers stop is built by the next process.
    await new Promise((resolve) => server.close(resolve));
    await workers.stop({ graceMs: settings.GRACE_MS });
    await pool.end();
    logger.info({}, 'stopped');
  });
}

function portOf(server: Server): number | null {
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? null) : null;
}

await startWith(start);
