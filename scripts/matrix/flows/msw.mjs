import { createServer } from 'node:http';
import { setupServer } from 'msw/node';
import { fakeWrkHandlers } from 'wrk-builds/testing/msw';
import { entries } from './entries.mjs';
import { memoryStore, runBuilds } from './one-build.cjs';

/** The fake WRK behind MSW, at an address where nothing listens. */
const startFakeWrkServer = async (fake) => {
  const url = 'https://wrk.test';
  const server = setupServer(...fakeWrkHandlers(fake, url));
  server.listen({ onUnhandledRequest: 'bypass' });
  return { url, close: async () => server.close() };
};

const testing = { ...entries.testing, startFakeWrkServer };
await runBuilds({ ...entries, testing }, { createServer }, memoryStore(entries));
