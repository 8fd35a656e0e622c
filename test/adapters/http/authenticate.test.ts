import { describe, expect, it } from 'vitest';
import { type Caller, createBuildsHandler } from '../../../src/adapters/http/index.js';
import { ROUTES } from '../../../src/adapters/http/routes/all-routes.js';
import type { Route } from '../../../src/adapters/http/routes/route.js';
import { openInMemory } from '../../operations/support/in-each-family.js';
import { errorCodeOf, everythingOf } from './support/everything-of.js';
import { ROLES } from './support/http-caller.js';
import { makeReady, type ReadyIds, readyRequest, readyRoute, rowsOf } from './support/ready-routes.js';

/** What a host's `authenticate` may come to say by mistake, whatever its types promise. */
const MISTAKES: readonly (readonly [name: string, text: string])[] = [
  ['an empty object', '{}'],
  ['yes', 'true'],
  ['a name', '"admin"'],
  ['nobody as 0', '0'],
  ['nobody as false', 'false'],
  ['a list', '[]'],
  ['no tenant', '{"kind":"user","userId":"u","roles":["admin"]}'],
  ['an empty tenant', '{"kind":"user","tenantId":"","userId":"u","roles":["admin"]}'],
  ['no tenant of a key', '{"kind":"api_key","tenantId":null}'],
  ['every tenant', '{"kind":"user","tenantId":["a","b"],"userId":"u","roles":["admin"]}'],
  ['a tenant with NUL', '{"kind":"user","tenantId":"a\\u0000","userId":"u","roles":["admin"]}'],
  ['an empty user', '{"kind":"user","tenantId":"t","userId":"","roles":["admin"]}'],
  ['roles in one text', '{"kind":"user","tenantId":"t","userId":"u","roles":"admin"}'],
  ['no roles', '{"kind":"user","tenantId":"t","userId":"u"}'],
  ['another kind', '{"kind":"staff","tenantId":"t","userId":"u","roles":["admin"]}'],
];

describe('a caller that is none', () => {
  const app = openInMemory();
  const ready: (readonly [Route, ReadyIds])[] = [];

  const tried = async (authenticate: () => Caller | null | Promise<Caller | null>) => {
    for (const route of ROUTES.slice(ready.length))
      ready.push([route, await makeReady(app, readyRoute(route).needs, route.operationId)]);
    const problems: unknown[] = [];
    const before = await rowsOf(app);
    const handler = createBuildsHandler({
      builds: app.builds,
      authenticate,
      roles: ROLES,
      onAnswer: ({ problem }) => problems.push(problem),
    });
    for (const [route, ids] of ready) {
      const { status, text } = await everythingOf(await handler(readyRequest(route, ids)));
      expect([status, errorCodeOf(text)], route.operationId).toEqual([500, 'internal_error']);
      expect(text).not.toMatch(/authenticate|tenant|secret/);
    }
    expect(await rowsOf(app)).toEqual(before);
    expect(problems).toEqual(ROUTES.map(() => expect.any(Error)));
  };

  it.each(MISTAKES)('(%s) is let in nowhere, and the host is told why', async (_, text) => {
    await tried(() => JSON.parse(text));
  });

  it('(nothing at all) is let in nowhere, and the host is told why', async () => {
    await tried(() => [].find(() => true) ?? JSON.parse('{}').caller);
  });

  it('(a failure) is let in nowhere, and the host is told why', async () => {
    await tried(async () => {
      throw new Error('the secret of the session store');
    });
    await tried(() => {
      throw new Error('the secret of the session store');
    });
  });
});

it('an API key stays one, whatever roles it brings', async () => {
  const app = openInMemory();
  const key: Caller = JSON.parse('{"kind":"api_key","tenantId":"t","userId":"u","roles":["admin"]}');
  const handler = createBuildsHandler({ builds: app.builds, authenticate: () => key, roles: ROLES });
  const answer = await handler(new Request('https://host.example/v1/openapi.json'));
  expect(answer.status).toBe(403);
});

it('there is no handler without `authenticate`', () => {
  const { builds } = openInMemory();
  const without: Parameters<typeof createBuildsHandler>[0] = Object.assign(JSON.parse('{}'), { builds });
  expect(() => createBuildsHandler(without)).toThrow(TypeError);
});
