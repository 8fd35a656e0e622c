import type { ServerResponse } from 'node:http';
import { checkHandler } from '../http/node/check-handler.js';
import { nodeListener } from '../http/node/node-listener.js';
import { urlOfTarget } from '../http/node/request-target.js';
import type { NodeRequest } from '../http/node/to-request.js';
import type { BuildsHandler } from '../http/web-handler.js';

/** A request as Express 4 and 5 make it. */
export type ExpressRequest = NodeRequest & {
  /** Where the middleware is mounted: `''` at the root. */
  readonly baseUrl: string;
  readonly originalUrl: string;
  /** The parsed body, if a body parser ran before. */
  readonly body?: unknown;
};

/** A middleware for Express 4 and 5, without depending on the types of either. */
export type ExpressMiddleware = (request: ExpressRequest, response: ServerResponse, next: () => void) => void;

/**
 * The handler as a middleware for Express 4 and 5, at the root or below any path. Body parsers may run before it.
 * Paths that do not belong to the handler go on to `next()`; for its own paths, `next` is never called.
 *
 * @throws TypeError unless it is a handler
 *
 * @example
 * ```ts
 * import express from 'express';
 * import { expressHandler } from 'wrk-builds/express';
 *
 * express().use('/api', expressHandler(handler)).listen(3000);
 * ```
 */
export function expressHandler(handler: BuildsHandler): ExpressMiddleware {
  checkHandler('expressHandler', handler);
  const listener = nodeListener(handler);
  return (request, response, next) => {
    const { baseUrl, originalUrl } = request;
    const context = baseUrl === '' ? {} : { basePath: urlOfTarget(baseUrl).pathname };
    if (!handler.owns(urlOfTarget(originalUrl).pathname, context)) {
      next();
      return;
    }
    // Parsers for Express 4 set `body` to `{}` without having read anything.
    const parsedBody = request.readableDidRead ? request.body : undefined;
    void listener(request, response, { ...context, parsedBody });
  };
}
