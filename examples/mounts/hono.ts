import { createAdaptorServer, type ServerType } from '@hono/node-server';
import { Hono } from 'hono';
import type { BuildsHandler } from 'wrk-builds/http';

/** An application on Hono, served by Node, with the builds below `basePath`. */
export function createHono(builds: BuildsHandler, basePath = '/api'): ServerType {
  const app = new Hono();
  app.all(`${basePath}/v1/*`, ({ req }) => builds(req.raw, { basePath }));
  return createAdaptorServer({ fetch: app.fetch });
}
