import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FakeWrk } from '../../src/testing/wrk/fake-wrk.js';

/** Puts the lookup of a fake WRK behind HTTP, for a worker in another process. */
export async function startLookupServer(fake: FakeWrk): Promise<{ url: string; close: () => void }> {
  const server = createServer(async ({ url = '' }, response) => {
    const asked = new URL(url, 'http://lookup').searchParams;
    const tenantId = asked.get('tenantId') ?? '';
    const found = await fake.find({
      tenantId,
      reference: asked.get('reference') ?? '',
      besides: asked.get('besides'),
    });
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(found));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
