import { type ExpressMiddleware, expressHandler } from 'wrk-builds/express';
import { type BuildsHandlerOptions, createBuildsHandler } from 'wrk-builds/http';
import { setting } from './setting.js';

/** The API, for `app.use`, in front of any body parser. */
export function buildsRouter(
  given: Pick<BuildsHandlerOptions, 'builds' | 'authenticate'>,
): ExpressMiddleware {
  const roles = { request_build: ['staff'], operate_builds: ['staff'] };
  return expressHandler(createBuildsHandler({ ...given, roles, allowedOrigins: [setting('APP_ORIGIN')] }));
}
