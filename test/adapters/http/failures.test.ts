import { expect, it } from 'vitest';
import { createBuildsHandler } from '../../../src/adapters/http/index.js';
import { ROUTES } from '../../../src/adapters/http/routes/all-routes.js';
import { TENANT } from '../../../src/testing/builders.js';
import { openPostgres } from '../../contracts/support/postgres-under-test.js';
import { openOver } from '../../operations/support/in-each-family.js';
import { describeWithPostgres } from '../../support/database.js';
import { errorCodeOf, everythingOf } from './support/everything-of.js';
import { httpCaller, opsOf, ROLES } from './support/http-caller.js';
import { MISSING, readyRequest } from './support/ready-routes.js';
import { BUILD_IN_PROGRESS, openReadyVersion } from './support/ready-version.js';

/** Whatever tells of code, tables or addresses. */
const INSIDES =
  /\bat \S+:\d|\.ts\b|node_modules|select |insert |update |wrk_builds\.|127\.0\.0\.1|ECONN|pool/i;

/** What answers without the database: the document, a stream, which waits for it to come back, and the health, which says so. */
const WITHOUT_DATABASE = ['getOpenApiDocument', 'streamBuildEvents', 'getHealth'];

describeWithPostgres('a database that is gone', () => {
  it('is 503 on every route that needs it, with when to come again and nothing of why', async () => {
    const store = await openPostgres();
    const app = openOver(store);
    const problems: unknown[] = [];
    const handler = createBuildsHandler({
      builds: app.builds,
      authenticate: () => opsOf(TENANT),
      roles: ROLES,
      onAnswer: ({ problem }) => problems.push(problem),
    });
    await store.close();
    const routes = ROUTES.filter(({ operationId }) => !WITHOUT_DATABASE.includes(operationId));
    for (const route of routes) {
      const { status, headers, text } = await everythingOf(await handler(readyRequest(route, MISSING)));
      expect([status, errorCodeOf(text)], route.operationId).toEqual([503, 'unavailable']);
      expect(Object.fromEntries(headers)['retry-after'], route.operationId).toMatch(/^\d+$/);
      expect(text, route.operationId).not.toMatch(INSIDES);
    }
    expect(problems).toEqual(routes.map(() => expect.objectContaining({ name: 'DatabaseError' })));
  });
});

it('a mistake of ours is 500, and the caller is told nothing of it', async () => {
  const { app } = await openReadyVersion();
  const thrown = new TypeError('Cannot read "select * from wrk_builds.messages" at /app/secret.ts:1');
  const broken = () => {
    throw thrown;
  };
  const problems: unknown[] = [];
  const { send } = httpCaller(
    { builds: { ...app.builds, listBuilds: broken, requestBuild: broken } },
    TENANT,
    {
      onAnswer: ({ problem, errorCode }) => problems.push([problem, errorCode]),
    },
  );
  for (const answer of [
    await send('GET', '/v1/admin/builds'),
    await send('PATCH', '/v1/automation-versions/a/status', BUILD_IN_PROGRESS),
  ]) {
    expect([answer.status, answer.body.error_code]).toEqual([500, 'internal_error']);
    expect(JSON.stringify(answer.body)).not.toMatch(INSIDES);
  }
  expect(problems).toEqual([
    [thrown, 'internal_error'],
    [thrown, 'internal_error'],
  ]);
});

it('a listener that throws disturbs nobody', async () => {
  const { patch } = await openReadyVersion({
    onAnswer: () => {
      throw new Error('no capacity for logs');
    },
  });
  expect((await patch(BUILD_IN_PROGRESS)).status).toBe(202);
});
