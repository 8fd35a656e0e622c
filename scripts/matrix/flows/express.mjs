import { createServer } from 'node:http';
import express from 'express';
import { expressHandler } from 'wrk-builds/express';
import { entries } from './entries.mjs';
import { memoryStore, runBuilds } from './one-build.cjs';

/** Sends a request through an app that has parsed its body, as hosts do. */
const throughExpress = (handler) => async (request) => {
  const app = express().use(express.json()).use('/api', expressHandler(handler));
  const server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const { pathname } = new URL(request.url);
  const { method, headers } = request;
  const body = await request.text();
  const answer = await fetch(`http://127.0.0.1:${server.address().port}/api${pathname}`, {
    method,
    headers,
    body,
  });
  server.close();
  server.closeAllConnections();
  return answer;
};

const http = { createBuildsHandler: (options) => throughExpress(entries.http.createBuildsHandler(options)) };
await runBuilds({ ...entries, http }, { createServer }, memoryStore(entries));
