import express, { type Router } from 'express';
import type { Builds } from 'wrk-builds';
import { type Log, problemText } from './logger.js';
import type { Metrics } from './metrics.js';

/** What a process tells of itself. */
export interface HealthDeps {
  readonly builds: Pick<Builds, 'ready' | 'health' | 'stats'>;
  readonly metrics: Metrics;
  readonly logger: Log['logger'];
  readonly isStopping: () => boolean;
}

/**
 * `GET /livez`, `/readyz` and `/metrics`, for the machines that look after this one: keep them from the public at your
 * proxy.
 *
 * Alive is whoever answers: a restart helps against nothing else. Ready is whoever has a database that fits and answers.
 * That WRK is away makes nobody unready: requests are taken all the same, and builds go on by themselves.
 */
export function healthRoutes({ builds, metrics, logger, isStopping }: HealthDeps): Router {
  const router = express.Router();
  router.get('/livez', (_request, response) => {
    response.json({ status: 'alive' });
  });

  router.get('/readyz', async (_request, response) => {
    if (isStopping()) {
      response.status(503).json({ status: 'stopping' });
      return;
    }
    try {
      await builds.ready();
    } catch (problem) {
      logger.warn({ problem: problemText(problem) }, 'not_ready');
      response.status(503).json({ status: 'database_unfit_or_unreachable' });
      return;
    }
    const { status, findings } = await builds.health();
    // Kinds alone: a finding may name tenants.
    const kinds = findings.map(({ kind }) => kind);
    const isReady = status !== 'database_unreachable';
    response.status(isReady ? 200 : 503).json({ status: isReady ? 'ready' : status, findings: kinds });
  });

  router.get('/metrics', async (_request, response) => {
    const stats = await builds.stats().catch((problem: unknown) => {
      logger.warn({ problem: problemText(problem) }, 'metrics_without_queues');
      return null;
    });
    response.type(metrics.contentType).send(await metrics.text(stats));
  });
  return router;
}
