import express, { type Express } from 'express';
import { expressHandler } from 'wrk-builds/express';
import type { BuildsHandler } from 'wrk-builds/http';

/** An application on Express 5 with the builds below `path`. */
export function createExpress5(builds: BuildsHandler, path = '/api'): Express {
  const app = express();
  app.use(path, expressHandler(builds));
  return app;
}
