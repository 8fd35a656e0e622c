import { describe, expect, it } from 'vitest';
import { type BuildsHandlerOptions, createBuildsHandler } from '../../../src/adapters/http/index.js';
import { ROUTES } from '../../../src/adapters/http/routes/all-routes.js';
import { TENANT } from '../../../src/testing/builders.js';
import { openInMemory } from '../../operations/support/in-each-family.js';
import { errorCodeOf, everythingOf } from './support/everything-of.js';
import { opsOf, ROLES } from './support/http-caller.js';
import { MISSING, readyRequest } from './support/ready-routes.js';

const UNASSIGNED = { ...opsOf(TENANT), tenantId: null };
const OF_NO_TENANT = ['getHealth', 'getStats', 'getOpenApiDocument'];

function handlerFor(options: Partial<BuildsHandlerOptions> = {}) {
  const { builds } = openInMemory();
  return createBuildsHandler({ builds, authenticate: () => UNASSIGNED, roles: ROLES, ...options });
}

describe('D5: staff who have chosen no tenant', () => {
  it.each(ROUTES.filter(({ operationId }) => OF_NO_TENANT.includes(operationId)))(
    'get $operationId, which is of no tenant',
    async (route) => {
      const response = await handlerFor()(readyRequest(route, MISSING));
      expect([response.status, route.isOfTenant]).toEqual([200, false]);
      expect(route.answer.schema?.safeParse(await response.json()).success).toBe(true);
    },
  );

  it.each(ROUTES.filter(({ operationId }) => !OF_NO_TENANT.includes(operationId)))(
    'are told by $operationId to choose one, before anything is read',
    async (route) => {
      const builds = openInMemory().builds;
      const asked: string[] = [];
      const watched = new Proxy(builds, {
        get: (target, name, receiver) => {
          asked.push(String(name));
          return Reflect.get(target, name, receiver);
        },
      });
      const moved: string[] = [];
      const handler = handlerFor({
        builds: watched,
        onOtherStatus: async (_request, { caller }) => {
          moved.push(caller.tenantId);
          return Response.json({});
        },
      });
      asked.length = 0;
      const request = readyRequest(route, MISSING);
      const { status, text } = await everythingOf(await handler(request));
      expect([status, errorCodeOf(text)]).toEqual([400, 'tenant_required']);
      expect(text).toContain('choose the client');
      expect([asked, moved, request.bodyUsed]).toEqual([['isHostId'], [], false]);
    },
  );

  it('are refused first for what they may not do at all', async () => {
    const handler = handlerFor({ authenticate: () => ({ ...UNASSIGNED, roles: [] }) });
    for (const route of ROUTES.filter(({ right }) => right !== 'signed_in')) {
      const { status, text } = await everythingOf(await handler(readyRequest(route, MISSING)));
      expect([status, errorCodeOf(text)], route.operationId).toEqual([403, 'forbidden']);
    }
  });

  it('count for `rateLimit`, and are named to `onAnswer`', async () => {
    const told: unknown[] = [];
    const handler = handlerFor({
      rateLimit: async ({ caller: { tenantId, userId } }) => {
        told.push([tenantId, userId]);
        return null;
      },
      onAnswer: ({ tenantId, userId, status, problem }) => told.push([tenantId, userId, status, problem]),
    });
    const { userId } = UNASSIGNED;
    await handler(new Request('https://host.example/v1/admin/builds/events'));
    await handler(new Request('https://host.example/v1/admin/stats'));
    expect(told).toEqual([
      [null, userId],
      [null, userId, 400, null],
      [null, userId],
      [null, userId, 200, null],
    ]);
  });

  it('must have an id that the host’s tables could have, as everyone', async () => {
    const problems: unknown[] = [];
    const builds = { ...openInMemory().builds, isHostId: () => false };
    const handler = handlerFor({ builds, onAnswer: ({ problem }) => problems.push(problem) });
    const { status } = await handler(new Request('https://host.example/v1/admin/health'));
    expect(status).toBe(500);
    expect(problems).toEqual([
      expect.objectContaining({ message: expect.stringContaining(': userId cannot') }),
    ]);
  });
});
