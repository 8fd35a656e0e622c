import { expect, it } from 'vitest';
import { wrkBehaviour } from 'wrk-builds/testing';
import { type FlowApp, USER } from '../support/flow-app.js';
import type { OpenFlowApp } from '../support/in-each-store.js';
import { overHttp } from '../support/over-http.js';
import { refuse } from '../support/refusals.js';
import { bodiesIn, inAppUsers, readRows, recipientsOf } from '../support/rows.js';

/** As WRK answers when the blueprint is not to its liking. */
const REJECTION = wrkBehaviour.answers(422, { body: { errors: ['nodes[3]: unknown type'] } });

/** Well within a deadline that a call over loopback keeps even on a busy machine. */
const DEADLINE_MS = 1_000;

/** For a WRK that never answers: the sooner a call is given up, the better. */
const SHORT_DEADLINE_MS = 150;

/** What a build does when WRK, the network or the blueprint fails it. */
export function exceptionTests(open: OpenFlowApp): void {
  it('22.exception.api-error-retried After an API error WRK is called again, three times at most', async () => {
    const app = await open({ wrk: overHttp() });
    app.fake.otherwise(() => wrkBehaviour.answers(500));
    await app.accept();
    await app.buildUntil();
    expect(app.fake.calls()).toHaveLength(1 + 3);
  });

  it('22.exception.api-error-recovered A build whose third retry succeeds is complete', async () => {
    const app = await open({ wrk: overHttp() });
    const failing = wrkBehaviour.answers(503);
    app.fake.script(failing, failing, failing);
    await app.accept();
    await app.buildUntil();
    expect((await readRows(app)).bindings).toMatchObject([{ status: 'active', error_reason: null }]);
  });

  it('22.exception.api-error-status After the last retry the binding is in error', async () => {
    const app = await failing(await open({ wrk: overHttp() }));
    const { bindings, version, project } = await readRows(app);
    expect(bindings).toMatchObject([{ status: 'error', error_reason: 'wrk_api_error' }]);
    expect([version.status, project.status]).toEqual(['Build in Progress', 'Build in Progress']);
  });

  it('22.exception.api-error-email Ops are told by e-mail after the last retry', async () => {
    const app = await failing(await open({ wrk: overHttp() }));
    expect(recipientsOf(app, 'email', 'build_failed')).toEqual(['ops_team']);
  });

  it('22.exception.api-error-in-app Ops find the failure in the application', async () => {
    const app = await failing(await open({ wrk: overHttp() }));
    expect(inAppUsers(await readRows(app), 'build_failed')).toEqual(['ops_team']);
  });

  it('22.exception.api-error-slack Ops are told on Slack where the host has it', async () => {
    const app = await failing(await open({ wrk: overHttp(), slack: true }));
    expect(recipientsOf(app, 'slack', 'build_failed')).toEqual(['ops_channel']);
  });

  it('22.exception.rejected-status A blueprint that WRK rejects puts the binding in error, with what WRK says', async () => {
    const app = await rejected(await open({ wrk: overHttp() }));
    expect((await readRows(app)).bindings).toMatchObject([
      {
        status: 'error',
        error_reason: 'blueprint_rejected',
        error_details: { findings: ['nodes[3]: unknown type'] },
      },
    ]);
  });

  it('22.exception.rejected-once A blueprint that WRK rejects is not sent again', async () => {
    const app = await rejected(await open({ wrk: overHttp() }));
    expect(app.fake.calls()).toHaveLength(1);
  });

  it('22.exception.rejected-ops Ops are told what WRK says is wrong with the blueprint', async () => {
    const app = await rejected(await open({ wrk: overHttp() }));
    const told = app.sent.filter(({ message }) => message.template === 'build_failed');
    expect(told).toMatchObject([
      {
        recipient: { id: 'ops_team' },
        message: {
          errorReason: 'blueprint_rejected',
          errorDetails: [expect.stringContaining('422'), 'nodes[3]: unknown type'],
        },
      },
    ]);
  });

  it('22.exception.timeout-retried After a network timeout WRK is called again', async () => {
    const app = await open({ wrk: overHttp(DEADLINE_MS) });
    app.fake.script(wrkBehaviour.hangs());
    await app.accept();
    await app.buildUntil();
    const answers = app.events.flatMap((event) => (event.type === 'wrk_answered' ? [event.answer] : []));
    expect([answers.at(0), answers.at(-1)]).toEqual(['network_failure', 'created']);
    expect((await readRows(app)).bindings).toMatchObject([{ status: 'active' }]);
  });

  it('22.exception.timeout-backoff Each wait before a retry is twice the one before', async () => {
    const app = await open({ wrk: overHttp(SHORT_DEADLINE_MS), retry: { initialDelayMs: 4, jitter: 0 } });
    app.fake.otherwise(() => wrkBehaviour.hangs());
    await app.accept();
    await app.buildUntil();
    const waits = app.events.flatMap((event) => (event.type === 'build_rescheduled' ? [event.runInMs] : []));
    expect(waits).toEqual([4, 8, 16]);
  });

  it('22.exception.timeout-waits A retry waits in the queue, with nobody holding the build', async () => {
    const app = await open({ wrk: overHttp(SHORT_DEADLINE_MS), retry: { initialDelayMs: 3_600_000 } });
    app.fake.otherwise(() => wrkBehaviour.hangs());
    const { bindingId } = await app.accept();
    await app.buildUntil('build_rescheduled', 'lease_lost');
    const rows = await readRows(app);
    expect(bodiesIn(rows, 'build-requests')).toMatchObject([{ bindingId }]);
    expect(rows.bindings).toMatchObject([{ status: 'pending' }]);
    expect(rows.calls).toMatchObject([{ number: 1, outcome: 'unknown' }]);
  });

  it('22.exception.timeout-ends After the last retry the binding is in error and ops are told', async () => {
    const app = await open({ wrk: overHttp(SHORT_DEADLINE_MS) });
    app.fake.otherwise(() => wrkBehaviour.hangs());
    await app.accept();
    await app.work();
    expect((await readRows(app)).bindings).toMatchObject([{ error_reason: 'network_failure' }]);
    expect(recipientsOf(app, 'email', 'build_failed')).toEqual(['ops_team']);
  });

  it('22.exception.invalid-status An invalid blueprint structure puts the binding in error, with what is wrong', async () => {
    const app = await broken(await open({ wrk: overHttp() }));
    expect((await readRows(app)).bindings).toMatchObject([
      {
        status: 'error',
        error_reason: 'invalid_blueprint',
        error_details: { findings: app.store.incomplete.findings },
      },
    ]);
  });

  it('22.exception.invalid-not-sent An invalid blueprint structure is never sent to WRK, and not retried', async () => {
    const app = await broken(await open({ wrk: overHttp() }));
    expect(app.fake.calls()).toEqual([]);
    expect(app.events.filter(({ type }) => type === 'build_rescheduled')).toEqual([]);
    expect(bodiesIn(await readRows(app), 'build-requests')).toEqual([]);
  });

  it('22.exception.invalid-ops Ops are told what is wrong with the structure', async () => {
    const app = await broken(await open({ wrk: overHttp() }));
    const told = app.sent.filter(({ message }) => message.template === 'build_failed');
    expect(told).toMatchObject([
      {
        recipient: { id: 'ops_team' },
        message: {
          errorReason: 'invalid_blueprint',
          errorDetails: expect.arrayContaining([...app.store.incomplete.findings]),
        },
      },
    ]);
  });

  it('22.row.failed-audit The audit log says that the build has failed', async () => {
    const app = await rejected(await open());
    const { tenantId, versionId } = app.project;
    const { audit, bindings } = await readRows(app);
    expect(audit.filter((entry) => entry.action_type === 'build_failed')).toEqual([
      {
        action_type: 'build_failed',
        resource_type: 'automation_version',
        resource_id: versionId,
        user_id: null,
        tenant_id: tenantId,
        metadata_json: {
          binding_id: bindings[0]?.id,
          run: 1,
          error_reason: 'blueprint_rejected',
          request_id: bindings[0]?.request_id,
        },
      },
    ]);
  });

  it('22.row.failed-call The call is kept in the ledger with how it ended', async () => {
    const app = await rejected(await open());
    expect((await readRows(app)).calls).toMatchObject([{ number: 1, outcome: 'rejected' }]);
  });

  it('22.row.failed-progress The checklist progress is worked out again when a build fails', async () => {
    const app = await open();
    await app.accept();
    const [task] = (await readRows(app)).tasks;
    await app.store.host.update('tasks', task?.id ?? '', { status: 'complete' });
    app.fake.script(REJECTION);
    await app.buildUntil();
    expect((await readRows(app)).project.checklistProgress).toBe(Math.floor(100 / 8));
  });

  it('22.manual.review The binding keeps why the build failed, for ops to review', async () => {
    const app = await rejected(await open());
    const [binding] = (await readRows(app)).bindings;
    expect(binding?.error_details).toEqual({
      detail: 'WRK answered 422 and rejected the blueprint',
      findings: ['nodes[3]: unknown type'],
      findings_in_all: 1,
      calls: 1,
    });
  });

  it('22.manual.no-request A failed build is not started again by another request', async () => {
    const app = await rejected(await open());
    const { status, body } = await refuse(app);
    expect([status, body.error_code]).toEqual([409, 'build_already_in_progress']);
    expect(body.details).toMatchObject({ binding_status: 'error' });
  });

  it('22.manual.retry Ops retry a failed build, and it has every one of its calls again', async () => {
    const app = await failing(await open());
    const [binding] = (await readRows(app)).bindings;
    app.fake.otherwise(wrkBehaviour.creates);
    app.fake.script(...Array.from({ length: 3 }, () => wrkBehaviour.answers(503)));
    const command = { tenantId: app.project.tenantId, userId: USER, reason: 'WRK works again.' };
    const retried = await app.builds.retryBuild({ ...command, bindingId: `${binding?.id}` });
    expect(retried._unsafeUnwrap()).toMatchObject({ status: 'pending', run: 2 });
    await app.work();
    const { version, bindings } = await readRows(app);
    expect([version.status, bindings]).toMatchObject(['QA & Testing', [{ status: 'active', run: 2 }]]);
    expect(app.fake.calls()).toHaveLength(8);
  });
}

/** WRK fails at every call. */
async function failing(app: FlowApp): Promise<FlowApp> {
  app.fake.otherwise(() => wrkBehaviour.answers(500));
  await app.accept();
  await app.work();
  return app;
}

/** WRK will not have the blueprint. */
async function rejected(app: FlowApp): Promise<FlowApp> {
  app.fake.script(REJECTION);
  await app.accept();
  await app.work();
  return app;
}

/** The blueprint loses its nodes and edges after the build was accepted. */
async function broken(app: FlowApp): Promise<FlowApp> {
  await app.accept();
  const blueprintJson = app.store.incomplete.document;
  await app.store.host.update('automationVersions', app.project.versionId, { blueprintJson });
  await app.work();
  return app;
}
