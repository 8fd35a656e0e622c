import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { SeededProject } from '../../examples/express-host/seed/projects.js';
import { describeWithPostgres } from '../support/database.js';
import { type Answer, type ExpressHost, type Sent, startExpressHost } from './support/express-host.js';

const OPS = 'olga@acme.example';
const OWNER = 'petra@acme.example';
const CLIENT = 'clara@acme.example';
const STAFF = 'sven@builders.example';

describeWithPostgres('the Express host', () => {
  let host: ExpressHost;
  let project: SeededProject;
  const cookies = new Map<string, string>();

  beforeAll(async () => {
    host = await startExpressHost();
    for (const email of [OPS, OWNER, CLIENT, STAFF]) cookies.set(email, await host.cookieOf(email));
  });
  afterAll(() => host.stop());
  beforeEach(async () => {
    project = await host.project();
  });

  const as = (email: string, headers: Readonly<Record<string, string>> = {}): Sent => ({
    cookie: cookies.get(email) ?? '',
    headers,
  });
  const patch = (sent: Sent) =>
    host.send('PATCH', `/v1/automation-versions/${project.versionId}/status`, {
      body: { status: 'Build in Progress' },
      ...sent,
    });
  const command = (sent: Sent) =>
    host.send('POST', `/v1/admin/projects/${project.projectId}/request-build`, sent);
  const statuses = async () => {
    const { rows } = await host.pool.query(
      `select v.status as version, p.status as project
         from automation_versions v join projects p on p.id = v.project_id where v.id = $1`,
      [project.versionId],
    );
    return rows[0];
  };
  const untouched = { version: 'Ready for Build', project: 'Ready for Build' };
  const refusal = ({ status, body }: Answer) => [status, body.error_code];

  it.each([
    ['PATCH /v1/automation-versions/:id/status', () => patch(as(OWNER)), 'build_started'],
    ['POST /v1/admin/projects/:id/request-build', () => command(as(OPS)), 'qa_ready'],
  ])('starts a build by %s, which ends in QA & Testing', async (_, request, template) => {
    const { status, body } = await request();
    expect(status).toBe(202);
    expect(body).toMatchObject({
      status: 'Build in Progress',
      automation_version_id: project.versionId,
      run: 1,
    });
    expect(await statuses()).toEqual({ version: 'Build in Progress', project: 'Build in Progress' });
    await host.work();
    expect(await statuses()).toEqual({ version: 'QA & Testing', project: 'QA & Testing' });
    expect(host.wrk.workflowsByReference().get(String(body.binding_id))).toBe(1);
    expect([...host.mail.templates]).toContain(template);
  });

  it('tells the owner of the project in the application, and nobody else', async () => {
    await patch(as(OWNER));
    await host.work();
    const { rows } = await host.pool.query(
      `select user_id, template from wrk_builds.in_app_notifications
        where data_json::text like '%' || $1 || '%' order by template`,
      [project.versionId],
    );
    expect(rows).toEqual([
      { user_id: host.people.owner.id, template: 'build_complete' },
      { user_id: host.people.owner.id, template: 'build_started' },
    ]);
  });

  it('keeps the session in a cookie that no script reads and no foreign form brings along', async () => {
    const { status, headers, body } = await host.login(OPS);
    expect([status, body.name, body.roles]).toEqual([200, 'Olga', ['ops_build']]);
    expect(headers.getSetCookie()).toEqual([expect.stringMatching(/^host\.sid=.+; HttpOnly; SameSite=Lax$/)]);
  });

  it('gives a new session to whoever signs in, whatever id came along', async () => {
    const before = cookies.get(CLIENT) ?? '';
    const { headers } = await host.login(CLIENT, host.people.password, before);
    const after = headers.getSetCookie()[0]?.split(';')[0] ?? '';
    expect(after).not.toBe(before);
    expect(refusal(await host.send('GET', '/v1/openapi.json', { cookie: before }))).toEqual([
      401,
      'not_authenticated',
    ]);
    expect((await host.send('GET', '/v1/openapi.json', { cookie: after })).status).toBe(200);
    cookies.set(CLIENT, after);
  });

  it('forgets the session of whoever signs out', async () => {
    const cookie = await host.cookieOf(OPS);
    expect((await host.send('GET', '/v1/admin/builds', { cookie })).status).toBe(200);
    expect((await host.send('POST', '/logout', { cookie })).status).toBe(204);
    expect(refusal(await host.send('GET', '/v1/admin/builds', { cookie }))).toEqual([
      401,
      'not_authenticated',
    ]);
  });

  it('answers a wrong password and an unknown e-mail alike', async () => {
    const wrong = await host.login(OPS, 'wrong');
    const unknown = await host.login('nobody@acme.example');
    expect([wrong.status, wrong.body.error_code]).toEqual([401, 'wrong_credentials']);
    expect(unknown.body).toEqual(wrong.body);
    expect(wrong.headers.getSetCookie()).toEqual([]);
  });

  it('has somebody wait who tries many passwords', async () => {
    const tries = Array.from({ length: 11 }, () => host.login('tried@acme.example', 'guess'));
    const answers = await Promise.all(tries);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
    const [last] = answers.filter(({ status }) => status === 429);
    expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it.each([
    ['a body that is not valid JSON', { headers: { 'content-type': 'text/plain' } }, 400, 'invalid_input'],
    ['an unknown key', { body: { email: OPS, password: 'x', admin: true } }, 400, 'invalid_input'],
    ['a page of somebody else', { headers: { origin: 'https://evil.example' } }, 403, 'origin_not_allowed'],
  ])('refuses to sign in with %s', async (_, sent, status, code) => {
    expect(refusal(await host.send('POST', '/login', sent))).toEqual([status, code]);
  });

  it('lets nobody in without a session, nor with a made-up one', async () => {
    expect(refusal(await patch({}))).toEqual([401, 'not_authenticated']);
    expect(refusal(await patch({ cookie: 'host.sid=s%3Amade-up.signature' }))).toEqual([
      401,
      'not_authenticated',
    ]);
    expect(await statuses()).toEqual(untouched);
  });

  it('takes a change that a cookie brings only from a page of its own', async () => {
    for (const origin of ['https://evil.example', 'null', ''])
      expect(refusal(await patch(as(OWNER, { origin })))).toEqual([403, 'origin_not_allowed']);
    expect(await statuses()).toEqual(untouched);
    expect((await patch(as(OWNER))).status).toBe(202);
  });

  it('asks for the role, and hears of one that was taken away at once', async () => {
    expect(refusal(await patch(as(CLIENT)))).toEqual([403, 'forbidden']);
    expect(refusal(await command(as(OWNER)))).toEqual([403, 'forbidden']);
    const change = (roles: string, active: boolean) =>
      host.pool.query('update host.people set roles = $1, is_active = $2 where email = $3', [
        [roles],
        active,
        OWNER,
      ]);
    await change('client', true);
    expect(refusal(await patch(as(OWNER)))).toEqual([403, 'forbidden']);
    await change('project_owner', false);
    expect(refusal(await patch(as(OWNER)))).toEqual([401, 'not_authenticated']);
    await change('project_owner', true);
    expect((await patch(as(OWNER))).status).toBe(202);
  });

  it('lets staff act for a tenant that they name, in their own name', async () => {
    const { tenantId } = host.people;
    expect((await command(as(STAFF, { 'x-acting-tenant': tenantId }))).status).toBe(202);
    const { rows } = await host.pool.query(
      `select a.tenant_id, p.email from audit_logs a join host.people p on p.id = a.user_id
        where a.resource_id = $1 and a.action_type = 'request_build'`,
      [project.versionId],
    );
    expect(rows).toEqual([{ tenant_id: tenantId, email: STAFF }]);
  });

  it('D5: has staff who name no tenant choose one, and shows them the health of all', async () => {
    expect(refusal(await command(as(STAFF)))).toEqual([400, 'tenant_required']);
    expect(await statuses()).toEqual(untouched);
    const { status, body } = await host.send('GET', '/v1/admin/health', as(STAFF));
    expect([status, body.status]).toEqual([200, 'ok']);
  });

  it.each([
    ['a tenant that is not there', '5eed0000-0000-4000-8000-00000000dead', STAFF, 400, 'invalid_input'],
    ['no id', 'acme', STAFF, 400, 'invalid_input'],
    ['a tenant, by one of its own people', '5eed0000-0000-4000-8000-000000000001', OPS, 403, 'forbidden'],
  ])('refuses to act for %s', async (_, tenant, email, status, code) => {
    expect(refusal(await command(as(email, { 'x-acting-tenant': tenant })))).toEqual([status, code]);
    expect(await statuses()).toEqual(untouched);
  });

  it('keeps the API from the keys of customers, even beside the cookie of somebody who may', async () => {
    const withKey = (key: string) => patch(as(OPS, { authorization: `Bearer ${key}` }));
    expect(refusal(await withKey(host.people.apiKey))).toEqual([403, 'forbidden']);
    expect(refusal(await withKey('key_of_nobody'))).toEqual([401, 'not_authenticated']);
    expect(await statuses()).toEqual(untouched);
  });

  it('answers what is not its own with 404, in the same shape', async () => {
    expect(refusal(await host.send('GET', '/v1/nothing', as(OPS)))).toEqual([404, 'not_found']);
    expect(refusal(await host.send('GET', '/nothing'))).toEqual([404, 'not_found']);
  });

  it('logs one line of JSON for each answer, by the names that dashboards look for', async () => {
    await patch(as(OWNER, { 'x-request-id': 'click-7' }));
    const lines = host.lines.map((line) => JSON.parse(line));
    const answered = lines.find(
      (line) => line.request_id === 'click-7' && line.message === 'request_answered',
    );
    expect(answered).toMatchObject({
      level: 'info',
      timestamp: expect.stringMatching(/^\d{4}-.+Z$/),
      tenant_id: host.people.tenantId,
      user_id: host.people.owner.id,
      job_type: 'http_request',
      route: '/v1/automation-versions/{id}/status',
      status: 202,
    });
    const accepted = lines.find(
      (line) => line.request_id === 'click-7' && line.message === 'request_accepted',
    );
    expect(accepted).toMatchObject({ resource_type: 'automation_version', resource_id: project.versionId });
  });

  it('logs no secret', async () => {
    await patch(as(OWNER));
    await host.work();
    const log = host.lines.join('');
    expect(log).toContain('build_completed');
    const { password, apiKey } = host.people;
    const ids = [...cookies.values()].map((cookie) => cookie.slice('host.sid='.length, 40));
    for (const hidden of [password, apiKey, 'the-token-for-wrk', ...ids]) expect(log).not.toContain(hidden);
  });
});
