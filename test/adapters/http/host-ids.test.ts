import { expect, it } from 'vitest';
import { type Caller, createBuildsHandler, type SignedIn } from '../../../src/adapters/http/index.js';
import { ROUTES } from '../../../src/adapters/http/routes/all-routes.js';
import { buildableProject, stableId, TENANT } from '../../../src/testing/builders.js';
import { openPostgres } from '../../contracts/support/postgres-under-test.js';
import { openOwnDatabase } from '../../faults/support/own-database.js';
import { openOver } from '../../operations/support/in-each-family.js';
import { describeWithPostgres } from '../../support/database.js';
import { errorCodeOf, everythingOf } from './support/everything-of.js';
import { httpCaller, opsOf, ROLES } from './support/http-caller.js';
import { MISSING, readyRequest } from './support/ready-routes.js';

describeWithPostgres('C11 an id from `authenticate` that the host’s tables could not have', () => {
  it.each<[name: string, caller: Caller, names: string]>([
    ['user', { ...opsOf(TENANT), userId: 'auth0|4711' }, 'userId'],
    ['tenant', { ...opsOf(TENANT), tenantId: '4711' }, 'tenantId'],
    ['tenant, with a user who may do nothing', { ...opsOf('4711'), roles: [] }, 'tenantId'],
  ])('is 500 on every route, of a %s: the client sent nothing of it', async (_name, caller, names) => {
    const store = await openPostgres();
    const { builds } = openOver(store);
    const problems: unknown[] = [];
    const handler = createBuildsHandler({
      builds,
      authenticate: () => caller,
      roles: ROLES,
      onAnswer: ({ problem }) => problems.push(problem),
    });
    for (const route of ROUTES) {
      const { status, text } = await everythingOf(await handler(readyRequest(route, MISSING)));
      expect([status, errorCodeOf(text)], route.operationId).toEqual([500, 'internal_error']);
      expect(text).not.toMatch(/4711|authenticate|tenantId|userId|user_id|tenant_id/);
    }
    const said = `\`authenticate\` must return ids of the kind that your tables have: ${names} cannot be one of them.`;
    expect(problems).toEqual(ROUTES.map(() => new TypeError(said)));
    await store.close();
  });

  it('is not passed to `rateLimit` and `onOtherStatus`', async () => {
    const store = await openPostgres();
    const told: unknown[] = [];
    const { send } = httpCaller(openOver(store), '4711', {
      rateLimit: async (about) => {
        told.push(about);
        return null;
      },
      onOtherStatus: async (_request, about) => {
        told.push(about);
        return Response.json({});
      },
    });
    const path = `/v1/automation-versions/${stableId('version')}/status`;
    expect([(await send('PATCH', path, { status: 'Ready for Build' })).status, told]).toEqual([500, []]);
    await store.close();
  });
});

const WITH_USERS = `
  create table users (id uuid primary key);
  insert into users values ('${stableId('ops')}');
  alter table audit_logs add constraint audit_logs_user foreign key (user_id) references users (id)`;

describeWithPostgres('C11 a user whom the foreign key of the audit table refuses', () => {
  it('is 500 for the host to fix, with an event that names the key, and nothing is written', async () => {
    const app = await openOwnDatabase({ prepare: WITH_USERS });
    const project = buildableProject();
    await app.store.host.insert(project.rows);
    const path = `/v1/automation-versions/${project.versionId}/status`;
    const stranger: SignedIn = { ...opsOf(project.tenantId), userId: stableId('stranger') };
    const as = (caller: SignedIn) =>
      httpCaller(app, project.tenantId, { authenticate: () => caller }).send('PATCH', path, {
        status: 'Build in Progress',
      });

    const { status, body } = await as(stranger);
    expect([status, body.error_code]).toEqual([500, 'host_refused']);
    expect(JSON.stringify(body)).not.toMatch(/send (it|the request) again|audit_logs|stranger/);
    expect(app.events.filter(({ type }) => type === 'write_refused')).toEqual([
      expect.objectContaining({ write: 'request', problem: expect.stringContaining('audit_logs_user') }),
    ]);
    expect(await app.query('select from wrk_builds.workflow_bindings')).toEqual([]);
    expect((await as(opsOf(project.tenantId))).status).toBe(202);
  });
});
