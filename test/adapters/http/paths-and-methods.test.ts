import { describe, expect, it } from 'vitest';
import { ROUTES } from '../../../src/adapters/http/routes/all-routes.js';
import { errorCodeOf } from './support/everything-of.js';
import { BUILD_IN_PROGRESS, openReadyVersion } from './support/ready-version.js';

const METHODS = ['HEAD', 'OPTIONS', 'PUT', 'DELETE', 'GET', 'POST', 'PATCH', 'PROPFIND'];

describe('a path', () => {
  it.each([
    '/',
    '/v1',
    '/v1/admin',
    '/v1/admin/builds/',
    '//v1/admin/builds',
    '/v1//admin/builds',
    '/V1/admin/builds',
    '/v1/Admin/builds',
    '/v1/admin/builds;a=b',
    '/v1/admin/builds%00',
    '/v1/admin/builds%20',
    '/v1/admin/builds.json',
    '/v1%2fadmin%2fbuilds',
    '/v1/%61dmin/builds',
    '/v1/adm\u0131n/builds',
    '/v1/admin/builds/a/b',
    '/v1/admin/builds/%zz',
    '/v1/admin/builds/%ed%a0%80',
    '/v1/admin/builds/%c0%ae',
    '/v1/openapixjson',
    '/constructor',
    '/__proto__',
  ])('%s is none of ours, whoever asks', async (path) => {
    const { send, handler } = await openReadyVersion();
    const { status, body } = await send('GET', path);
    expect([status, body.error_code]).toEqual([404, 'not_found']);
    expect(handler.owns(new URL(path, 'https://host.example').pathname)).toBe(false);
  });

  it.each([
    ['is too long', 'x'.repeat(201), 400],
    ['holds NUL', 'a%00b', 400],
    ['is a path of its own', '%2e%2e%2f%2e%2e', 404],
    ['has a parameter', 'a;b=c', 404],
    ['breaks a line', 'a%0d%0ab', 404],
    ['is a name of objects', '__proto__', 404],
  ])('with an id that %s finds nothing', async (_, id, expected) => {
    const { send, project, expectUnchanged } = await openReadyVersion();
    expect((await send('GET', `/v1/admin/builds/${id}`)).status).toBe(expected);
    const patched = await send('PATCH', `/v1/automation-versions/${id}/status`, BUILD_IN_PROGRESS);
    expect(patched.status).toBe(expected);
    const upper = await send(
      'GET',
      `/v1/automation-versions/${project.versionId.toUpperCase()}x/prerequisites`,
    );
    expect(upper.status).toBe(404);
    await expectUnchanged();
  });

  it('and a query that are longer than any in the document are refused', async () => {
    const { send, project } = await openReadyVersion();
    const path = `/v1/automation-versions/${project.versionId}/prerequisites?a=${'x'.repeat(4_100)}`;
    expect(await send('GET', path)).toMatchObject({ status: 414, body: { error_code: 'uri_too_long' } });
  });
});

describe('a method', () => {
  const paths = [...new Set(ROUTES.map(({ path }) => path))];

  it.each(paths)('that is not for %s is refused, and those that are for it are named', async (path) => {
    const { handler, expectUnchanged } = await openReadyVersion();
    const pathname = path.replace('{id}', 'some-id');
    const allowed = ROUTES.filter((route) => route.path === path).map(({ method }) => `${method}`);
    // A word that could be an id is for the methods of both.
    const also = ROUTES.filter(
      (route) => path.startsWith('/v1/admin/builds/') && route.path === '/v1/admin/builds/{id}',
    );
    const takes =
      pathname.split('/').length === 5 ? [...allowed, ...also.map(({ method }) => `${method}`)] : allowed;
    for (const method of METHODS.filter((each) => !takes.includes(each))) {
      const answer = await handler(new Request(`https://host.example${pathname}`, { method }));
      expect([answer.status, errorCodeOf(await answer.text())], method).toEqual([405, 'method_not_allowed']);
      expect(new Set(answer.headers.get('allow')?.split(', ')), method).toEqual(new Set(takes));
    }
    await expectUnchanged();
  });

  it.each(['x-http-method-override', 'x-http-method', 'x-method-override'])(
    'is what it is, whatever %s says',
    async (name) => {
      const { send, path, expectUnchanged } = await openReadyVersion();
      const answer = await send('POST', path, BUILD_IN_PROGRESS, { [name]: 'PATCH' });
      expect(answer.status).toBe(405);
      await expectUnchanged();
    },
  );
});
