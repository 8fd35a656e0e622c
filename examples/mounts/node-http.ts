import { createServer, type Server } from 'node:http';
import { type BuildsHandler, nodeListener } from 'wrk-builds/http';

/** A plain server with the builds below `basePath`. */
export function createNodeServer(builds: BuildsHandler, basePath = '/api'): Server {
  const listener = nodeListener(builds);
  return createServer((request, response) => listener(request, response, { basePath }));
}
