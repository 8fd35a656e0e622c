import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createBuildsHandler, nodeListener } from '../../../src/adapters/http/index.js';
import { stableId } from '../../../src/testing/builders.js';
import { type AnyApp, describeInEachFamily } from '../../operations/support/in-each-family.js';
import * as given from '../../support/given.js';
import { until } from '../../support/until.js';
import * as when from '../../support/when.js';
import { opsOf, ROLES } from './support/http-caller.js';

const PATH = '/v1/admin/builds/events';

describeInEachFamily('the stream of events', (open) => {
  /** A real server; who asks says so by the tenant in a header. */
  const serve = async (app: AnyApp, options = {}) => {
    const handler = createBuildsHandler({
      builds: app.builds,
      authenticate: ({ headers }) => opsOf(headers.get('x-test-tenant') ?? ''),
      roles: ROLES,
      ...options,
    });
    const listener = nodeListener(handler);
    const server = createServer((request, response) => void listener(request, response)).listen(
      0,
      '127.0.0.1',
    );
    onTestFinished(async () => {
      handler.endStreams();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const connect = async (tenantId: string, headers = {}) => {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        get({ port, path: PATH, headers: { 'x-test-tenant': tenantId, ...headers } }, resolve).on(
          'error',
          reject,
        );
      });
      let text = '';
      let ended = false;
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('close', () => {
        ended = true;
      });
      return { response, text: () => text, ended: () => ended };
    };
    return { handler, connect };
  };

  it('tells a tenant of its builds as they change, and of nobody else’s', async () => {
    const app = open();
    const { connect } = await serve(app);
    const { tenantId, bindingId } = await given.requestedBuild(app);
    const own = await connect(tenantId);
    const foreign = await connect(stableId('other tenant'));
    expect(own.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
    });
    await until(() => own.text().includes('id: 1'));
    await when.work(app);
    await until(() => own.text().includes('"status":"active"'));
    expect(own.text()).toContain(`"binding_id":"${bindingId}"`);
    expect(foreign.text()).toBe('id: 1\nretry: 3000\n\n');
  });

  it('tells whoever connects again to reload', async () => {
    const app = open();
    const { connect } = await serve(app);
    const { text } = await connect(stableId('acme'), { 'last-event-id': '1' });
    await until(() => text().includes('event: reload'));
  });

  it('is open so many times for one tenant, and again once one has ended', async () => {
    const app = open();
    const { connect } = await serve(app, { events: { maxStreamsPerTenant: 2 } });
    const [first] = [await connect(stableId('acme')), await connect(stableId('acme'))];
    const third = await connect(stableId('acme'));
    expect([third.response.statusCode, third.response.headers['retry-after']]).toEqual([429, '30']);
    await until(() => third.ended());
    expect(JSON.parse(third.text())).toMatchObject({ error_code: 'too_many_streams' });
    expect((await connect(stableId('globex'))).response.statusCode).toBe(200);
    first.response.destroy();
    await until(async () => (await connect(stableId('acme'))).response.statusCode === 200);
  });

  it('ends for everyone when the host says so', async () => {
    const app = open();
    const { connect, handler } = await serve(app);
    const clients = [await connect(stableId('acme')), await connect(stableId('globex'))];
    handler.endStreams();
    await until(() => clients.every(({ ended }) => ended()));
  });

  it('ends at once where its request was let in only after that', async () => {
    const app = open();
    let letIn = () => {};
    const { connect, handler } = await serve(app, {
      authenticate: async () => {
        await new Promise<void>((resolve) => {
          letIn = resolve;
        });
        return opsOf(stableId('acme'));
      },
    });
    const asked = letIn;
    const connecting = connect(stableId('acme'));
    await until(() => letIn !== asked);
    handler.endStreams();
    letIn();
    const { response, text, ended } = await connecting;
    await until(ended);
    expect([response.statusCode, text()]).toEqual([200, 'id: 1\nretry: 3000\n\n']);
  });
});
