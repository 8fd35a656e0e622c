import { createHash, timingSafeEqual } from 'node:crypto';
import express, { type Request, type Router } from 'express';
import type { Builds } from 'wrk-builds';
import { type Log, problemText } from './logger.js';
import type { Metrics } from './metrics.js';
import { refuse } from './refuse.js';

/** What a process tells of itself. */
export interface HealthDeps {
  readonly builds: Pick<Builds, 'ready' | 'health' | 'stats'>;
  readonly metrics: Metrics;
  readonly logger: Log['logger'];
  readonly isStopping: () => boolean;
  /** What `/readyz` and `/metrics` want; `null`: they answer this machine alone. */
  readonly healthToken: string | null;
  /** For how many milliseconds an answer of the database is used again. Default: 1,000. */
  readonly healthCacheMs?: number;
}

/**
 * `GET /livez`, `/readyz` and `/metrics`, for the machines that look after this one. The last two ask the database, so they
 * are not for everyone, and not asked for each request.
 *
 * Alive is whoever answers: a restart helps against nothing else. Ready is whoever has a database that fits and answers.
 * That WRK is away makes nobody unready: requests are taken all the same, and builds go on by themselves.
 */
export function healthRoutes(deps: HealthDeps): Router {
  const { builds, metrics, logger, isStopping, healthToken, healthCacheMs = 1_000 } = deps;
  const router = express.Router();
  router.use(['/readyz', '/metrics'], (request, response, next) => {
    if (healthToken === null ? isLocal(request) : hasToken(request, healthToken)) return next();
    refuse(response, 403, 'forbidden', 'Send HEALTH_TOKEN as `Authorization: Bearer …`.');
  });
  const readiness = keptFor(healthCacheMs, async () => {
    try {
      await builds.ready();
    } catch (problem) {
      logger.warn({ problem: problemText(problem) }, 'not_ready');
      return { code: 503, body: { status: 'database_unfit_or_unreachable' } };
    }
    const { status, findings } = await builds.health();
    // Kinds alone: a finding may name tenants.
    const kinds = findings.map(({ kind }) => kind);
    const isReady = status !== 'database_unreachable';
    return { code: isReady ? 200 : 503, body: { status: isReady ? 'ready' : status, findings: kinds } };
  });
  const stats = keptFor(healthCacheMs, async () =>
    builds.stats().catch((problem: unknown) => {
      logger.warn({ problem: problemText(problem) }, 'metrics_without_queues');
      return null;
    }),
  );

  router.get('/livez', (_request, response) => {
    response.json({ status: 'alive' });
  });

  router.get('/readyz', async (_request, response) => {
    if (isStopping()) {
      response.status(503).json({ status: 'stopping' });
      return;
    }
    const { code, body } = await readiness();
    response.status(code).json(body);
  });

  router.get('/metrics', async (_request, response) => {
    response.type(metrics.contentType).send(await metrics.text(await stats()));
  });
  return router;
}

/** Asks at most once in so many milliseconds, however many want to know. */
function keptFor<Value>(ms: number, ask: () => Promise<Value>): () => Promise<Value> {
  let kept: Promise<Value> | null = null;
  let until = 0;
  return () => {
    const now = performance.now();
    if (kept !== null && now < until) return kept;
    until = now + ms;
    kept = ask();
    return kept;
  };
}

/** Whether it comes from this machine, and from no proxy on it. */
function isLocal({ socket, headers }: Request): boolean {
  const isForwarded = headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined;
  return !isForwarded && /^(?:::1|(?:::ffff:)?127\.[\d.]+)$/.test(socket.remoteAddress ?? '');
}

function hasToken(request: Request, token: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(request.get('authorization') ?? ''), hash(`Bearer ${token}`));
}
