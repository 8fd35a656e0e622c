import { expect, it } from 'vitest';
import { createBuildsHandler } from '../../../src/adapters/http/index.js';
import { buildableProject, stableId, TENANT } from '../../../src/testing/builders.js';
import { wrkBehaviour } from '../../../src/testing/wrk/fake-wrk-behaviour.js';
import { BY_OPS, openInMemory } from '../../operations/support/in-each-family.js';
import * as when from '../../support/when.js';

const OWNER = {
  kind: 'user',
  tenantId: TENANT,
  userId: stableId('owner'),
  roles: ['project_owner'],
} as const;

/** A project owner with a version that is ready. */
async function openAsOwner() {
  const app = openInMemory();
  const project = buildableProject({ name: 'project' });
  await app.store.host.insert(project.rows);
  const handler = createBuildsHandler({
    builds: app.builds,
    authenticate: () => OWNER,
    roles: { operate_builds: ['ops_build'] },
  });
  const url = `https://host.example/v1/automation-versions/${project.versionId}`;
  const request = async () => {
    const body = JSON.stringify({ status: 'Build in Progress' });
    const headers = { 'content-type': 'application/json' };
    return handler(new Request(`${url}/status`, { method: 'PATCH', headers, body }));
  };
  const read = async () => {
    const response = await handler(new Request(`${url}/build`));
    const text = await response.text();
    return { status: response.status, text, body: JSON.parse(text) };
  };
  return { app, project, request, read };
}

it('D6 a project owner reads the build that they started by PATCH, from the request to its workflow', async () => {
  const { app, project, request, read } = await openAsOwner();
  expect([(await read()).status, (await read()).body.error_code]).toEqual([404, 'build_not_found']);
  expect((await request()).status).toBe(202);
  expect((await read()).body).toEqual({
    automation_version_id: project.versionId,
    automation_name: expect.any(String),
    automation_version_status: 'Build in Progress',
    project_id: project.projectId,
    project_name: expect.any(String),
    state: 'waiting',
    sentence: expect.stringContaining('in the queue'),
    may_request_again: false,
    workflow_url: null,
    updated_at: expect.any(String),
  });
  await when.work(app);
  expect((await read()).body).toMatchObject({
    automation_version_status: 'QA & Testing',
    state: 'complete',
    workflow_url: expect.stringMatching(/^https:/),
  });
});

it('D6 of a build that failed they learn that the team has it, and nothing of WRK or of the team', async () => {
  const { app, project, request, read } = await openAsOwner();
  app.fake.script(wrkBehaviour.answers(422, { body: { errors: ['node pay has no credentials'] } }));
  await request();
  await when.work(app);
  const { tenantId } = project;
  const ops = (
    await app.builds.getBuild({ tenantId, automationVersionId: project.versionId })
  )._unsafeUnwrap();
  expect(ops.binding.status).toBe('error');
  await app.builds.assignBuild({
    tenantId,
    bindingId: ops.binding.id,
    assigneeId: stableId('engineer'),
    ...BY_OPS,
  });

  const { body, text } = await read();
  expect(body).toMatchObject({ state: 'failed', may_request_again: false, workflow_url: null });
  const hidden = [
    '422',
    'WRK',
    'credentials',
    'rejected',
    ops.binding.id,
    stableId('engineer'),
    BY_OPS.userId,
    BY_OPS.reason,
  ];
  expect(hidden.filter((each) => text.includes(each))).toEqual([]);
});

it('D6 of a build that was cancelled they learn that they may request another', async () => {
  const { app, project, request, read } = await openAsOwner();
  await request();
  const which = { tenantId: project.tenantId, automationVersionId: project.versionId };
  const bindingId = (await app.builds.getBuild(which))._unsafeUnwrap().binding.id;
  const cancelled = await app.builds.cancelBuild({ tenantId: project.tenantId, bindingId, ...BY_OPS });
  expect(cancelled.isOk()).toBe(true);
  const { body, text } = await read();
  expect(body).toMatchObject({ state: 'cancelled', may_request_again: true });
  expect(text).not.toContain(BY_OPS.reason);
  expect((await request()).status).toBe(202);
});
