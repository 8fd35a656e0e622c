import express, { type Express } from 'express-4';
import { expressHandler } from 'wrk-builds/express';
import type { BuildsHandler } from 'wrk-builds/http';

/** An application on Express 4 with the builds below `path`. */
export function createExpress4(builds: BuildsHandler, path = '/api'): Express {
  const app = express();
  app.use(path, expressHandler(builds));
  return app;
}
