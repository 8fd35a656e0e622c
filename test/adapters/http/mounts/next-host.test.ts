import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll } from 'vitest';
import { describeMount } from './support/describe-mount.js';
import type { Running } from './support/listen.js';
import { startNextHost } from './support/next-host.js';

let host: Running;

beforeAll(async () => {
  const route = await readFile('examples/next-host/app/api/[...path]/route.ts', 'utf8');
  const handler = await readFile('test/support/echo-handler.ts', 'utf8');
  host = await startNextHost({
    'lib/builds.ts': `${handler}\nexport const builds = createEchoHandler();\n`,
    // The same at the root: where two routes fit, Next.js takes the one that says more.
    'app/[...path]/route.ts': route
      .replace("'../../../lib/builds'", "'../../lib/builds'")
      .replace("basePath: '/api'", "basePath: ''"),
  });
}, 300_000);

afterAll(() => host.stop());

const next = {
  name: 'Next.js 14',
  start: async () => ({ url: host.url, stop: async () => {} }),
  streamsBodies: true,
  // The route at the root takes all that is left.
  hasOtherRoutes: false,
};

describeMount(next, '/api');
describeMount(next, '');
