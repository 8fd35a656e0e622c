import { createServer, request as nodeRequest } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createBuildsHandler, nodeListener } from '../../src/adapters/http/index.js';
import { listen } from '../adapters/http/mounts/support/listen.js';
import { opsOf } from '../adapters/http/support/http-caller.js';
import { BUILD_IN_PROGRESS, openReadyVersion } from '../adapters/http/support/ready-version.js';

const STREAM = 'https://host.example/v1/admin/builds/events';

describe('The HTTP surface', () => {
  it('row 57: B4 a foreign page that sends a change with the cookie of its visitor changes nothing', async () => {
    const { patch, send, project, expectUnchanged } = await openReadyVersion();
    const foreign = { cookie: 'session=1', origin: 'https://evil.example' };
    expect((await patch(BUILD_IN_PROGRESS, foreign)).status).toBe(403);
    const path = `/v1/admin/projects/${project.projectId}/request-build`;
    expect((await send('POST', path, undefined, { cookie: 'session=1' })).status).toBe(403);
    await expectUnchanged();
  });

  it('row 57: B5 a host that names nobody for the ops routes gets no handler', async () => {
    const { app } = await openReadyVersion();
    const options = { builds: app.builds, authenticate: () => opsOf('acme') };
    expect(() => Reflect.apply(createBuildsHandler, undefined, [options])).toThrow('roles');
  });

  it('row 57: B5 the admin of a customer has no right by default', async () => {
    const { patch, send, expectUnchanged } = await openReadyVersion({
      authenticate: () => ({ ...opsOf('acme'), roles: ['admin'] }),
    });
    expect((await patch(BUILD_IN_PROGRESS)).status).toBe(403);
    expect((await send('GET', '/v1/admin/builds')).status).toBe(403);
    await expectUnchanged();
  });

  it('row 57: B6 one user who opens event streams without end leaves others theirs', async () => {
    const { handler } = await openReadyVersion({
      authenticate: ({ headers }) => ({ ...opsOf('acme'), userId: headers.get('x-user') ?? '' }),
    });
    const open = async (user: string) =>
      (await handler(new Request(STREAM, { headers: { 'x-user': user } }))).status;
    const statuses = [];
    for (let count = 0; count < 10; count += 1) statuses.push(await open('ann'));
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
    expect(await open('bob')).toBe(200);
    handler.endStreams();
  });

  it('row 57: B8 a target that the host’s rules for paths read differently reaches no route', async () => {
    let asked = 0;
    const { handler } = await openReadyVersion({
      authenticate: () => {
        asked += 1;
        return null;
      },
    });
    const listener = nodeListener(handler);
    const server = createServer((request, response) => void listener(request, response));
    const { url, stop } = await listen(server);
    onTestFinished(stop);
    const { port } = new URL(url);
    const statusOf = (path: string) =>
      new Promise((resolve) => {
        const sent = nodeRequest({ host: '127.0.0.1', port, path }).end();
        sent.once('response', (answer) => resolve(answer.resume().statusCode));
      });
    expect(await statusOf('http:///v1/admin/builds')).toBe(400);
    expect(asked).toBe(0);
    expect(await statusOf('/v1/admin/builds')).toBe(401);
  });
});
