import { expect, it } from 'vitest';
import { buildableProject, stableId } from '../../../src/testing/builders.js';
import { describeInEachFamily } from '../../operations/support/in-each-family.js';
import * as when from '../../support/when.js';
import { httpCaller } from './support/http-caller.js';

const BUILD_IN_PROGRESS = { status: 'Build in Progress' };

describeInEachFamily('a build that is requested over HTTP', (open) => {
  const ready = async (name = 'project') => {
    const app = open();
    const project = buildableProject({ name });
    await app.store.host.insert(project.rows);
    const http = httpCaller(app, project.tenantId);
    return {
      ...http,
      app,
      project,
      patch: (body: unknown, headers?: Record<string, string>) =>
        http.send('PATCH', `/v1/automation-versions/${project.versionId}/status`, body, headers),
    };
  };

  it('is accepted by PATCH, and runs', async () => {
    const { app, patch, project } = await ready();
    const { status, body, headers } = await patch(BUILD_IN_PROGRESS, { 'x-request-id': 'req-7' });
    expect({ status, body }).toEqual({
      status: 202,
      body: {
        status: 'Build in Progress',
        binding_id: expect.any(String),
        automation_version_id: project.versionId,
        project_id: project.projectId,
        run: 1,
      },
    });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-request-id')).toBe('req-7');
    const [binding] = (await app.store.libraryRows()).bindings;
    expect(binding).toMatchObject({ request_id: 'req-7', requested_by: stableId('ops') });
    await when.work(app);
    expect((await app.store.libraryRows()).bindings).toMatchObject([{ status: 'active' }]);
  });

  it('is accepted by the admin route, with whom it is for and how urgent it is', async () => {
    const { app, send, project } = await ready();
    const assignee = stableId('engineer');
    const path = `/v1/admin/projects/${project.projectId}/request-build`;
    const { status, body } = await send('POST', path, { assignee_id: assignee, priority: 7 });
    expect([status, body.automation_version_id]).toEqual([202, project.versionId]);
    expect((await app.store.libraryRows()).bindings).toMatchObject([{ assignee_id: assignee, priority: 7 }]);
    expect((await send('POST', path)).body.error_code).toBe('build_already_in_progress');
  });

  it('is refused as it is by the library, in the words of HTTP', async () => {
    const { app, patch, project } = await ready();
    await app.store.host.update('quotes', project.quoteId, { status: 'sent' });
    const { status, body } = await patch(BUILD_IN_PROGRESS);
    expect(status).toBe(400);
    expect(body).toEqual({
      error_code: 'quote_not_signed',
      message: expect.any(String),
      details: { missing: [{ code: 'quote_not_signed', message: expect.any(String) }] },
    });
  });

  it('is not for versions of another tenant, which look exactly like missing ones', async () => {
    const { app, project } = await ready();
    const other = httpCaller(app, stableId('other tenant'));
    const at = (id: string) =>
      other.send('PATCH', `/v1/automation-versions/${id}/status`, BUILD_IN_PROGRESS, {
        'x-request-id': 'same',
      });
    const theirs = await at(project.versionId);
    const missing = await at(stableId('nothing'));
    expect(theirs.status).toBe(404);
    expect([theirs.body, [...theirs.headers]]).toEqual([missing.body, [...missing.headers]]);
    expect((await app.store.libraryRows()).bindings).toEqual([]);
  });

  it('gets the first answer again under its idempotency key, and no other request does', async () => {
    const { patch, app } = await ready();
    const headers = { 'idempotency-key': 'key-1' };
    const first = await patch(BUILD_IN_PROGRESS, headers);
    expect((await patch(BUILD_IN_PROGRESS, headers)).body).toEqual(first.body);
    const other = await patch({ ...BUILD_IN_PROGRESS, assignee_id: stableId('engineer') }, headers);
    expect([other.status, other.body.error_code]).toEqual([422, 'idempotency_key_reused']);
    expect((await app.store.libraryRows()).bindings).toHaveLength(1);
  });

  it('is refused when `If-Match` names a state that is over, and told the one that holds', async () => {
    const { app, patch, send, project } = await ready();
    const seen = await send('GET', `/v1/automation-versions/${project.versionId}/prerequisites`);
    const old = seen.headers.get('etag') ?? '';
    await app.store.host.update('automationVersions', project.versionId, {
      blueprintJson: { nodes: [], edges: [] },
    });
    const late = await patch(BUILD_IN_PROGRESS, { 'if-match': old });
    expect([late.status, late.body.error_code]).toEqual([409, 'concurrency_conflict']);
    const now = late.headers.get('etag') ?? '';
    expect(now).not.toBe(old);
    // As a proxy that compresses answers would have handed it on.
    const again = await patch(BUILD_IN_PROGRESS, { 'if-match': `W/${now}` });
    expect(again.body.error_code, 'the tag is right, and the new blueprint is not').toBe(
      'blueprint_incomplete',
    );
  });

  it('takes hints in the body too, and every one of them has to hold', async () => {
    const { patch, send, project } = await ready();
    const seen = await send('GET', `/v1/automation-versions/${project.versionId}/prerequisites`);
    const tag = seen.headers.get('etag') ?? '';
    const disagreeing = { ...BUILD_IN_PROGRESS, last_known_updated_at: '2031-01-01' };
    expect((await patch(disagreeing)).body.error_code).toBe('concurrency_conflict');
    expect((await patch(disagreeing, { 'if-match': tag })).body.error_code).toBe('concurrency_conflict');
    const { updated_at: updatedAt, automation_version_status: status } = seen.body;
    const right = { ...BUILD_IN_PROGRESS, last_known_updated_at: updatedAt, last_known_status: status };
    expect((await patch(right, { 'if-match': tag })).status).toBe(202);
  });

  it.each(['w/"abc"', '"a", "b"', 'abc', '"a b"'])('says that %s is no tag of ours', async (ifMatch) => {
    const { patch } = await ready();
    const { status, body } = await patch(BUILD_IN_PROGRESS, { 'if-match': ifMatch });
    expect([status, body.error_code]).toEqual([400, 'invalid_input']);
  });

  it('shows every prerequisite beforehand, met or not', async () => {
    const { app, send, project } = await ready();
    await app.store.host.update('quotes', project.quoteId, { status: 'sent' });
    for (const path of [
      `/v1/automation-versions/${project.versionId}/prerequisites`,
      `/v1/admin/projects/${project.projectId}/prerequisites`,
    ]) {
      const { status, body } = await send('GET', path);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        automation_version_id: project.versionId,
        automation_version_status: 'Ready for Build',
        refusal: { error_code: 'quote_not_signed' },
      });
      expect(body.prerequisites).toContainEqual({ prerequisite: 'blueprint', met: true, missing: [] });
    }
    const nothing = await send('GET', `/v1/automation-versions/${stableId('nothing')}/prerequisites`);
    expect([nothing.status, nothing.body.error_code]).toEqual([404, 'automation_version_not_found']);
  });
});
