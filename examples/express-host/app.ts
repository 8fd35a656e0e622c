import { randomUUID } from 'node:crypto';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { expressHandler } from 'wrk-builds/express';
import { type AnsweredRequest, type BuildsOverHttp, createBuildsHandler } from 'wrk-builds/http';
import { createCallers } from './callers.js';
import { type HealthDeps, healthRoutes } from './health.js';
import { problemText } from './logger.js';
import { loginRoutes } from './login.js';
import type { People } from './people.js';
import { createRateLimit } from './rate-limit.js';
import { noSniff, refuse } from './refuse.js';
import type { Sessions } from './sessions.js';

const MINUTE_MS = 60_000;

/** What the application is made of. */
export interface AppDeps extends HealthDeps {
  readonly builds: BuildsOverHttp & HealthDeps['builds'];
  readonly people: People;
  readonly sessions: Sessions;
  /** Whether the pages of this origin are ours. */
  readonly isOwnOrigin: (origin: string) => boolean;
  /** How many proxies stand before it. */
  readonly trustProxy: number;
}

/** The host as an Express application: health and metrics, signing in, and the API of wrk-builds. */
export function createApp(deps: AppDeps): Express {
  const { builds, people, sessions, metrics, logger, isOwnOrigin, trustProxy } = deps;
  const callers = createCallers(people);
  const perPerson = createRateLimit(600, MINUTE_MS);

  const handler = createBuildsHandler({
    builds,
    authenticate: callers.current,
    // Roles of your own staff. Customers name theirs as they like, `admin` included.
    roles: { operate_builds: ['ops_build'] },
    allowedOrigins: (request) => isOwnOrigin(request.headers.get('origin') ?? ''),
    rateLimit: async ({ caller: { userId } }) => {
      const retryAfterSeconds = perPerson(userId);
      return retryAfterSeconds === null ? null : { retryAfterSeconds };
    },
    onAnswer: (answered) => {
      metrics.onAnswer(answered);
      logAnswer(logger, answered);
    },
  });

  const app = express().disable('x-powered-by').set('trust proxy', trustProxy);
  app.use(noSniff, healthRoutes(deps));
  app.use(sessions.middleware);
  const [rateLimit, rateLimitOfAddress] = [createRateLimit(10, MINUTE_MS), createRateLimit(100, MINUTE_MS)];
  const rateLimitOfAccount = createRateLimit(100, 60 * MINUTE_MS);
  app.use(loginRoutes({ people, isOwnOrigin, rateLimit, rateLimitOfAddress, rateLimitOfAccount }));
  // No body parser before it: the handler reads bodies itself, and counts their bytes.
  app.use(callers.identify, expressHandler(handler));
  app.use((_request, response) => refuse(response, 404, 'not_found', 'There is no such path.'));
  return app.use(failed(logger));
}

function logAnswer(logger: HealthDeps['logger'], answered: AnsweredRequest): void {
  const { requestId, tenantId, userId, method, route, status, errorCode, durationMs, problem } = answered;
  const line = {
    request_id: requestId,
    tenant_id: tenantId,
    user_id: userId,
    job_type: 'http_request',
    method,
    route,
    status,
    error_code: errorCode,
    duration_ms: Math.round(durationMs),
  };
  if (status >= 500) logger.error({ ...line, problem: problemText(problem) }, 'request_failed');
  else logger.info(line, 'request_answered');
}

/** What fails outside of the handler is a body that cannot be read, or the database behind sessions and people. */
function failed(logger: HealthDeps['logger']): ErrorRequestHandler {
  return (problem: unknown, request, response, next) => {
    if (response.headersSent) return next(problem);
    const status = problem instanceof Error && 'status' in problem ? Number(problem.status) : 503;
    if (status < 500) return refuse(response, status, 'invalid_input', 'The request cannot be read.');
    const requestId = randomUUID();
    const { method, path } = request;
    const line = { request_id: requestId, job_type: 'http_request', method, path, status: 503 };
    logger.error({ ...line, problem: problemText(problem) }, 'request_failed');
    response.set({ 'Retry-After': '2', 'X-Request-Id': requestId });
    refuse(response, 503, 'unavailable', 'We cannot answer just now: send it again in a moment.');
  };
}
