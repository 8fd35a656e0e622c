import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildableProject, wrkBehaviour } from 'wrk-builds/testing';
import { type Answer, type ExpressHost, people, startExpressHost } from './support/express-host.js';

const { owner, ops, client, stranger } = people;
const project = buildableProject();
const { versionId, projectId, quoteId, tenantId } = project;

let host: ExpressHost;

beforeEach(async () => {
  host = await startExpressHost();
  await host.storage.host.insert(project.rows);
});

afterEach(() => host.stop());

/** A task of the host that blocks its project. */
const blocker = {
  id: '7d5c3f0e-0000-4000-8000-000000000001',
  tenantId,
  contextType: 'project',
  contextId: projectId,
  kind: 'issue',
  templateSlug: 'missing-access',
  category: null,
  title: 'No access to the ledger',
  status: 'open',
  isBlocker: true,
};

const doors: readonly [string, (who?: typeof owner) => Promise<Answer>][] = [
  ['PATCH /v1/automation-versions/:id/status', (who = owner) => host.patchStatus(who, project)],
  ['POST /v1/admin/projects/:id/request-build', (who = ops) => host.requestBuild(who, project)],
];

describe.each(doors)('%s', (_, request) => {
  const expectNothingWritten = async () => {
    expect(await host.statuses(project)).toEqual({ version: 'Ready for Build', project: 'Ready for Build' });
    const { bindings, messages, audit } = await host.storage.libraryRows();
    expect([bindings, messages, audit]).toEqual([[], [], []]);
  };

  it('starts a build, which ends in QA & Testing', async () => {
    expect(await request()).toEqual({
      status: 202,
      body: {
        status: 'Build in Progress',
        automation_version_id: versionId,
        project_id: projectId,
        binding_id: expect.any(String),
        run: 1,
      },
    });
    expect(await host.statuses(project)).toEqual({
      version: 'Build in Progress',
      project: 'Build in Progress',
    });

    await host.work();
    expect(await host.statuses(project)).toEqual({ version: 'QA & Testing', project: 'QA & Testing' });
    expect(host.wrk.workflows()).toHaveLength(1);
    expect(host.mails).toContainEqual({ to: client.email, template: 'build_complete' });
    expect(host.mails).toContainEqual({ to: ops.email, template: 'qa_ready' });
  });

  it('answers 400 while the quote is not signed', async () => {
    await host.storage.host.update('quotes', quoteId, { status: 'sent' });
    expect(await request()).toMatchObject({ status: 400, body: { error_code: 'quote_not_signed' } });
    await host.storage.host.update('quotes', quoteId, { status: 'signed' });
    await expectNothingWritten();
  });

  it('answers 400 while the blueprint has no nodes or edges', async () => {
    await host.storage.host.update('automationVersions', versionId, {
      blueprintJson: { nodes: [], edges: [] },
    });
    const findings = [
      { path: 'nodes', message: 'Add at least one node.' },
      { path: 'edges', message: 'Add at least one edge.' },
    ];
    expect(await request()).toMatchObject({
      status: 400,
      body: { error_code: 'blueprint_incomplete', details: { missing: [{ findings }] } },
    });
    await expectNothingWritten();
  });

  it('answers 409 while the build is in progress', async () => {
    expect(await request()).toMatchObject({ status: 202 });
    expect(await request()).toMatchObject({ status: 409, body: { error_code: 'build_already_in_progress' } });
  });

  it('answers 400 with everything that is missing', async () => {
    await host.storage.host.update('quotes', quoteId, { status: 'sent' });
    await host.storage.host.insert({ tasks: [blocker] });
    expect(await request()).toMatchObject({
      status: 400,
      body: {
        error_code: 'missing_prerequisites',
        details: { missing: [{ code: 'quote_not_signed' }, { code: 'blocking_issue', taskId: blocker.id }] },
      },
    });
    await expectNothingWritten();
  });

  it('answers 404 to another tenant, as if there were nothing', async () => {
    const { status, body } = await request(stranger);
    expect(status).toBe(404);
    expect(JSON.stringify(body)).not.toContain(versionId);
    await expectNothingWritten();
  });

  it('answers 401 without a session, and 403 without the role', async () => {
    expect(await request({ ...owner, token: 'a-token-of-nobody' })).toMatchObject({ status: 401 });
    expect(await request(client)).toMatchObject({ status: 403, body: { error_code: 'not_allowed' } });
    await expectNothingWritten();
  });
});

describe('the Express host', () => {
  it('lets one of two requests win that come through both doors at once', async () => {
    const answers = await Promise.all(doors.map(([, request]) => request()));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
    expect((await host.storage.libraryRows()).bindings).toHaveLength(1);
  });

  it('keeps the admin route from a project owner', async () => {
    expect(await host.requestBuild(owner, project)).toMatchObject({ status: 403 });
  });

  it('gives the first answer again under the same Idempotency-Key', async () => {
    const path = `/v1/automation-versions/${versionId}/status`;
    const headers = { 'idempotency-key': 'click-1' };
    const first = await host.send('PATCH', path, owner, { status: 'Build in Progress' }, headers);
    const again = await host.send('PATCH', path, owner, { status: 'Build in Progress' }, headers);
    expect(first.status).toBe(202);
    expect(again).toEqual(first);
  });

  it('assigns the engineer whom the admin names', async () => {
    await host.requestBuild(ops, project, { assignee_id: owner.userId });
    await host.work();
    expect(host.mails).toContainEqual({ to: owner.email, template: 'build_assigned' });
  });

  it('refuses a status seen before somebody else changed it', async () => {
    const body = { status: 'Build in Progress', last_known_status: 'Awaiting Client Approval' };
    expect(await host.patchStatus(owner, project, body)).toMatchObject({
      status: 409,
      body: { error_code: 'concurrency_conflict' },
    });
  });

  it.each([
    [
      'a tenant in the body',
      { status: 'Build in Progress', tenant_id: stranger.tenantId },
      400,
      'invalid_request',
    ],
    ['a status nobody knows', { status: 'Almost done' }, 400, 'invalid_request'],
    ['no status', {}, 400, 'invalid_request'],
    ['a body that is not JSON', '{', 400, 'invalid_request'],
    ['another status', { status: 'QA & Testing' }, 409, 'invalid_status_transition'],
  ])('refuses %s', async (_, body, status, code) => {
    expect(await host.patchStatus(owner, project, body)).toMatchObject({
      status,
      body: { error_code: code },
    });
  });

  it('refuses a path that is no text', async () => {
    const answer = await host.send('PATCH', '/v1/automation-versions/%E0%A4%A/status', owner, {});
    expect(answer).toMatchObject({ status: 400, body: { error_code: 'invalid_request' } });
  });

  it('says nothing of its insides when something fails', async () => {
    const problem = new Error('cannot reach postgres://someone:secret@db');
    host.fail(problem);
    expect(await host.patchStatus(owner, project)).toEqual({
      status: 500,
      body: { error_code: 'internal_error', message: 'Something failed on our side: try again in a moment.' },
    });
    expect(host.problems).toEqual([problem]);
  });

  it('lets ops put a rejected build right in a new version', async () => {
    host.wrk.script(wrkBehaviour.answers(422, { body: { errors: ['nodes[1]: no such system'] } }));
    await host.patchStatus(owner, project);
    await host.work();
    expect(await host.patchStatus(owner, project)).toMatchObject({
      status: 409,
      body: { details: { bindingStatus: 'error' } },
    });
    expect(host.mails).toContainEqual({ to: ops.email, template: 'build_failed' });

    const { rows } = buildableProject({ versions: 2 });
    await host.storage.host.update('automationVersions', versionId, { status: 'Archived' });
    await host.storage.host.insert({
      automationVersions: rows.automationVersions.slice(1),
      quotes: rows.quotes.slice(1),
    });
    expect(await host.requestBuild(ops, project)).toMatchObject({ status: 202 });
    await host.work();
    expect(await host.statuses(project)).toEqual({ version: 'Archived', project: 'QA & Testing' });
  });
});
