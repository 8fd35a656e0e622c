import { describe, expect, it } from 'vitest';
import type { Right } from '../../../src/adapters/http/admit.js';
import {
  type Caller,
  createBuildsHandler,
  HTTP_ERRORS,
  type Roles,
} from '../../../src/adapters/http/index.js';
import { ROUTES } from '../../../src/adapters/http/routes/all-routes.js';
import type { Route } from '../../../src/adapters/http/routes/route.js';
import { OTHER_TENANT, stableId, TENANT } from '../../../src/testing/builders.js';
import { type AnyApp, describeInEachFamily } from '../../operations/support/in-each-family.js';
import * as given from '../../support/given.js';
import { isFull } from '../../support/size.js';
import { errorCodeOf, everythingOf } from './support/everything-of.js';
import { MISSING, makeReady, readyRequest, readyRoute, rowsOf } from './support/ready-routes.js';

const STAFF = stableId('staff');

/** Who may, in the words of the decisions, whatever the code says. */
const MAY: Readonly<Record<Right, readonly string[] | 'everybody signed in'>> = {
  signed_in: 'everybody signed in',
  request_build: ['project_owner', 'project_admin', 'ops_build'],
  operate_builds: ['ops_build'],
};

/** What a host has to name; the roles that request builds have a default. */
const OPS: Roles = { operate_builds: ['ops_build'] };

const EVERY_ROLE = ['project_owner', 'project_admin', 'ops_build', 'admin', 'solutions_engineer', 'Admin'];

/** The right that a path takes: whatever is below `/v1/admin` is for ops, and only the document is for all. */
function rightOf({ path }: Route): Right {
  if (path.startsWith('/v1/admin/')) return 'operate_builds';
  return path === '/v1/openapi.json' ? 'signed_in' : 'request_build';
}

function mayDo(route: Route, roles: readonly string[]): boolean {
  const may = MAY[rightOf(route)];
  return may === 'everybody signed in' || roles.some((role) => may.includes(role));
}

function person(roles: readonly string[], tenantId = TENANT, userId = stableId('person')): Caller {
  return { kind: 'user', tenantId, userId, roles };
}

/** Everybody who is turned away before anything is looked up, and how. */
function turnedAway(route: Route) {
  const without = [[], ...EVERY_ROLE.map((role) => [role])].filter((roles) => !mayDo(route, roles));
  return [
    { who: 'nobody', caller: null, expected: [401, 'not_authenticated'] },
    {
      who: 'an API key of a customer',
      caller: { kind: 'api_key', tenantId: TENANT } as const,
      expected: [403, 'forbidden'],
    },
    ...without.map((roles) => ({
      who: roles.length === 0 ? 'somebody without a role' : `a ${roles.join()}`,
      caller: person(roles),
      expected: [403, 'forbidden'],
    })),
  ];
}

/** The one code by which a route says that what its path names is not there. */
function missingCodeOf(route: Route): string {
  const codes = route.errors.filter((code) => HTTP_ERRORS[code].status === 404);
  expect(codes, `${route.operationId} knows one way to say “not there”`).toHaveLength(1);
  return codes.join();
}

function handlerFor(app: AnyApp, caller: Caller | null, roles = OPS) {
  return createBuildsHandler({ builds: app.builds, authenticate: () => caller, roles });
}

/** Sends what the route is made for, and holds the answer against what it is described as. */
async function expectCarriedOut(app: AnyApp, route: Route, caller: Caller, roles = OPS) {
  const ids = await makeReady(app, readyRoute(route).needs);
  const before = await rowsOf(app);
  const response = await handlerFor(app, caller, roles)(readyRequest(route, ids));
  if (route.answer.schema === null) await response.body?.cancel();
  else {
    const body: unknown = await response.json();
    expect(route.answer.schema.parse(body), 'the answer is the one of the document').toEqual(body);
  }
  expect(response.status).toBe(route.answer.status);
  if (route.method === 'GET') expect(await rowsOf(app)).toEqual(before);
  else expect(await rowsOf(app), 'something was done').not.toEqual(before);
}

describe('the routes', () => {
  for (const route of ROUTES) {
    it(`${route.method} ${route.path} takes the right that its path says`, () => {
      expect(route.right).toBe(rightOf(route));
    });
  }
});

describeInEachFamily('what may be done over HTTP', (open) => {
  const byRoute = (route: Route) => {
    it('is refused, without a change, to nobody, to keys of customers and to people without the role', async () => {
      const app = open();
      const ids = await makeReady(app, readyRoute(route).needs);
      const before = await rowsOf(app);
      for (const { who, caller, expected } of turnedAway(route)) {
        const { status, text } = await everythingOf(await handlerFor(app, caller)(readyRequest(route, ids)));
        expect([status, errorCodeOf(text)], who).toEqual(expected);
        if (isFull) expect(await rowsOf(app), who).toEqual(before);
      }
      expect(await rowsOf(app)).toEqual(before);
    });

    it.each(EVERY_ROLE.filter((role) => mayDo(route, [role])))('is carried out for a %s', async (role) => {
      await expectCarriedOut(open(), route, person([role]));
    });

    it('is carried out for staff who are given the tenant, in that tenant and in their own name', async () => {
      const app = open();
      await expectCarriedOut(app, route, person(['ops_build'], TENANT, STAFF));
      if (route.method === 'GET') return;
      const { audit, bindings } = await app.store.libraryRows();
      // The audit log is of builds, and a redrive changes none: who sent it is told to `onAnswer`.
      if (route.operationId !== 'redriveDeadLetters')
        expect(audit.filter(({ user_id }) => user_id === STAFF)).not.toEqual([]);
      expect(bindings.map(({ tenant_id }) => tenant_id)).toEqual([TENANT]);
    });

    it('shows and changes nothing of another tenant, not even that it is there', async () => {
      const app = open();
      const ids = await makeReady(app, readyRoute(route).needs);
      const before = await rowsOf(app);
      const byIds = readyRoute(route).id !== null;
      const theirs = handlerFor(app, person(['ops_build'], OTHER_TENANT));
      // Where no id stands in the path, what is missing is a tenant that has anything.
      const empty = handlerFor(app, person(['ops_build'], stableId('empty tenant')));
      const [there, missing] = [
        await theirs(readyRequest(route, ids)),
        await (byIds ? theirs : empty)(readyRequest(route, byIds ? MISSING : ids)),
      ];
      if (route.answer.schema === null) {
        for (const { body } of [there, missing]) await body?.cancel();
        expect([there.status, [...there.headers]]).toEqual([missing.status, [...missing.headers]]);
        return;
      }
      const seen = await everythingOf(there);
      expect(seen).toEqual(await everythingOf(missing));
      const expected = byIds ? [404, missingCodeOf(route)] : [route.answer.status, null];
      expect([seen.status, errorCodeOf(seen.text)]).toEqual(expected);
      expect(await rowsOf(app)).toEqual(before);
    });

    it('is for the roles that the host names, and for no others', async () => {
      const roles: Roles = { request_build: ['builder'], operate_builds: ['operator'] };
      const named = { signed_in: 'guest', request_build: 'builder', operate_builds: 'operator' };
      const right = rightOf(route);
      await expectCarriedOut(open(), route, person([named[right]]), roles);
      if (right === 'signed_in') return;
      const app = open();
      const before = await rowsOf(app);
      const others = ['builder', 'operator', ...EVERY_ROLE].filter((role) => role !== named[right]);
      const refused = await handlerFor(app, person(others), roles)(readyRequest(route, MISSING));
      expect([refused.status, errorCodeOf(await refused.text())]).toEqual([403, 'forbidden']);
      expect(await rowsOf(app)).toEqual(before);
    });
  };
  for (const route of ROUTES) describe(`by ${route.method} ${route.path}`, () => byRoute(route));

  it('pages of builds lead nobody into another tenant', async () => {
    const app = open();
    for (const name of ['first', 'second']) await given.requestedBuild(app, name);
    const list = async (tenantId: string, query: string) => {
      const request = new Request(`https://host.example/v1/admin/builds?${query}`, {
        headers: { 'x-request-id': 'req-1' },
      });
      return everythingOf(await handlerFor(app, person(['ops_build'], tenantId))(request));
    };
    const { next_cursor: next, builds } = JSON.parse((await list(TENANT, 'limit=1')).text);
    expect([typeof next, builds.length]).toEqual(['string', 1]);
    const behind = await list(OTHER_TENANT, `cursor=${encodeURIComponent(next)}`);
    expect(JSON.parse(behind.text)).toEqual({ builds: [], next_cursor: null });
    expect(JSON.parse((await list(TENANT, `cursor=${encodeURIComponent(next)}`)).text).builds).toHaveLength(
      1,
    );
  });
});
