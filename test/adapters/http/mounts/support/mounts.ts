import { createServer } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { BuildsHandler } from 'wrk-builds/http';
import { createExpress4 } from '../../../../../examples/mounts/express-4.js';
import { createExpress5 } from '../../../../../examples/mounts/express-5.js';
import { createFastify, createFastifyWithParser } from '../../../../../examples/mounts/fastify.js';
import { createHono } from '../../../../../examples/mounts/hono.js';
import { createNodeServer } from '../../../../../examples/mounts/node-http.js';
import { listen, type Running } from './listen.js';

/** Where a handler is mounted: at the root, or below a prefix. */
export type BasePath = '' | `/${string}`;

/** One framework with a handler on it. */
export interface Mount {
  readonly name: string;
  readonly start: (builds: BuildsHandler, basePath: BasePath) => Promise<Running>;
  /** Whether bodies come to the handler as the client sends them; `false`: the framework reads them first. */
  readonly streamsBodies: boolean;
  /** Whether the framework has other routes, and a 404 of its own. */
  readonly hasOtherRoutes: boolean;
}

const startFastify = async (app: FastifyInstance): Promise<Running> => {
  await app.ready();
  return listen(app.server);
};

/** The mounts that run in the process of the test: every one but Next.js. */
export const mounts: readonly Mount[] = [
  {
    name: 'node:http',
    start: (builds, basePath) => listen(createNodeServer(builds, basePath)),
    streamsBodies: true,
    hasOtherRoutes: false,
  },
  {
    name: 'Express 5',
    start: (builds, basePath) => listen(createServer(createExpress5(builds, basePath || '/'))),
    streamsBodies: true,
    hasOtherRoutes: true,
  },
  {
    name: 'Express 4',
    start: (builds, basePath) => listen(createServer(createExpress4(builds, basePath || '/'))),
    streamsBodies: true,
    hasOtherRoutes: true,
  },
  {
    name: 'Fastify',
    start: (builds, basePath) => startFastify(createFastify(builds, basePath)),
    streamsBodies: true,
    hasOtherRoutes: true,
  },
  {
    name: 'Fastify with its own parser',
    start: (builds, basePath) => startFastify(createFastifyWithParser(builds, basePath)),
    streamsBodies: false,
    hasOtherRoutes: true,
  },
  {
    name: 'Hono',
    start: async (builds, basePath) => listen(createHono(builds, basePath)),
    streamsBodies: true,
    hasOtherRoutes: true,
  },
];
