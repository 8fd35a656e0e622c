import { expect, it } from 'vitest';
import { wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import * as given from '../support/given.js';
import * as when from '../support/when.js';
import { BY_OPS, describeInEachFamily } from './support/in-each-family.js';

describeInEachFamily('retrying builds', (open) => {
  it('a build that WRK rejected is built once its blueprint is fixed', async () => {
    const app = open();
    app.fake.script(wrkBehaviour.answers(422, { body: { errors: ['nodes[0]: retired'] } }));
    const { tenantId, bindingId, versionId } = await given.requestedBuild(app);
    await when.work(app);
    expect(app.fake.workflows()).toEqual([]);
    await app.store.host.update('automationVersions', versionId, {
      blueprintJson: { nodes: [{ id: 'a' }, { id: 'b' }], edges: [{ source: 'a', target: 'b' }] },
    });

    const retried = await app.builds.retryBuild({ tenantId, bindingId, ...BY_OPS });
    expect(retried._unsafeUnwrap()).toEqual({
      bindingId,
      automationVersionId: versionId,
      status: 'pending',
      run: 2,
    });
    await when.work(app);

    const build = (await app.builds.getBuild({ tenantId, bindingId }))._unsafeUnwrap();
    expect(build).toMatchObject({
      automationVersionStatus: 'QA & Testing',
      binding: { status: 'active', run: 2 },
      calls: [
        { run: 1, outcome: 'rejected', findings: ['nodes[0]: retired'] },
        { run: 2, outcome: 'created' },
      ],
      explanation: { state: 'active' },
    });
    expect(app.fake.workflowsByReference()).toEqual(new Map([[bindingId, 1]]));
    const audit = (await app.store.libraryRows()).audit.map(({ action_type, user_id }) => [
      action_type,
      user_id,
    ]);
    expect(audit).toEqual(
      expect.arrayContaining([
        ['retry_build', BY_OPS.userId],
        ['build_complete', null],
      ]),
    );
    expect(audit).toHaveLength(4);
  });

  it('of ten clicks at once one is carried out, and the others find the build pending', async () => {
    const app = open();
    app.fake.script(wrkBehaviour.answers(422));
    const { tenantId, bindingId } = await given.requestedBuild(app);
    await when.work(app);
    const clicks = await Promise.all(
      Array.from({ length: 10 }, () => app.builds.retryBuild({ tenantId, bindingId, ...BY_OPS })),
    );
    const codes = clicks.map((click) => (click.isOk() ? 'ok' : click.error.code)).toSorted();
    expect(codes.filter((code) => code === 'ok')).toHaveLength(1);
    expect(new Set(codes)).toEqual(new Set(['ok', 'wrong_build_status']));
    await when.work(app);
    expect(app.fake.workflows()).toHaveLength(1);
    expect(app.events.filter(({ type }) => type === 'command_executed')).toHaveLength(1);
  });

  it('after an unknown outcome the key is kept, and WRK answers with the workflow that it made', async () => {
    const app = open({ retry: { maxRetries: 0, initialDelayMs: 1, jitter: 0 } });
    app.fake.script(wrkBehaviour.createsThenDrops());
    const { tenantId, bindingId } = await given.requestedBuild(app);
    await when.work(app);
    expect(app.fake.workflows(), 'it was made').toHaveLength(1);
    expect((await app.builds.retryBuild({ tenantId, bindingId, ...BY_OPS })).isOk()).toBe(true);
    await when.work(app);
    expect(app.fake.calls().map(({ key }) => key)).toEqual(Array(2).fill(app.fake.calls()[0]?.key));
    expect(app.fake.workflows()).toHaveLength(1);
    expect((await app.store.libraryRows()).bindings).toMatchObject([{ status: 'active' }]);
  });

  it('a fresh key gets past a WRK that replays an old refusal, and the risk has to be accepted', async () => {
    const app = open({ retry: { maxRetries: 0, initialDelayMs: 1, jitter: 0 } });
    app.fake.script(wrkBehaviour.answers(500));
    const { tenantId, bindingId } = await given.requestedBuild(app);
    await when.work(app);
    const refused = await app.builds.retryBuild({ tenantId, bindingId, ...BY_OPS, freshKey: true });
    expect(refused._unsafeUnwrapErr().code).toBe('duplicate_risk');
    expect((await app.store.libraryRows()).bindings, 'nothing was changed').toMatchObject([
      { status: 'error', run: 1 },
    ]);
    const command = { tenantId, bindingId, ...BY_OPS, freshKey: true, acceptDuplicateRisk: true };
    expect((await app.builds.retryBuild(command)).isOk()).toBe(true);
    await when.work(app);
    const [first, second] = app.fake.calls();
    expect(second?.key).not.toBe(first?.key);
    expect((await app.store.libraryRows()).bindings).toMatchObject([{ status: 'active', key_generation: 1 }]);
  });

  it('with nothing against duplicates a run at a person’s own risk is called, and the next one has to be accepted anew', async () => {
    const app = open({ duplicates: { by: 'nothing', onUnknownOutcome: 'stop' } });
    app.fake.script(wrkBehaviour.createsThenDrops(), wrkBehaviour.drops());
    const { tenantId, bindingId } = await given.requestedBuild(app);
    await when.work(app);
    const command = { tenantId, bindingId, ...BY_OPS };
    expect((await app.builds.retryBuild(command))._unsafeUnwrapErr().code).toBe('duplicate_risk');
    expect((await app.builds.retryBuild({ ...command, acceptDuplicateRisk: true })).isOk()).toBe(true);
    await when.work(app);
    expect(app.fake.calls()).toHaveLength(2);
    expect((await app.store.libraryRows()).bindings).toMatchObject([
      { status: 'error', error_reason: 'outcome_unknown' },
    ]);
    expect((await app.builds.retryBuild(command))._unsafeUnwrapErr().code).toBe('duplicate_risk');
  });

  it('all builds that failed for one reason are retried, each on its own', async () => {
    const app = open({ retry: { maxRetries: 0, initialDelayMs: 1, jitter: 0 } });
    app.fake.script(wrkBehaviour.answers(503), wrkBehaviour.answers(503), wrkBehaviour.answers(422));
    const first = await given.requestedBuild(app, 'one');
    await when.work(app);
    const second = await given.requestedBuild(app, 'two');
    await when.work(app);
    const third = await given.requestedBuild(app, 'three');
    await when.work(app);
    await app.store.host.update('automationVersions', second.versionId, { status: 'Archived' });

    const { tenantId } = first;
    const command = { tenantId, errorReason: 'wrk_api_error', ...BY_OPS };
    const { retried, refused } = (await app.builds.retryBuilds(command))._unsafeUnwrap();
    expect(retried.map(({ bindingId }) => bindingId)).toEqual([first.bindingId]);
    expect(refused).toMatchObject([{ bindingId: second.bindingId, error: { code: 'not_buildable' } }]);
    const untouched = (await app.builds.getBuild({ tenantId, bindingId: third.bindingId }))._unsafeUnwrap();
    expect(untouched.binding).toMatchObject({ status: 'error', run: 1 });
  });

  it('after WRK gave away another build’s workflow needs the risk accepted where unknown outcomes stop', async () => {
    const app = open({ duplicates: { by: 'nothing', onUnknownOutcome: 'stop' } });
    await given.requestedBuild(app, 'first');
    await when.work(app);
    const [taken] = app.fake.workflows();
    const body = { workflow_id: taken?.id, workflow_url: taken?.url };
    app.fake.script(wrkBehaviour.answers(201, { body }));
    const { tenantId, bindingId } = await given.requestedBuild(app, 'second');
    await when.work(app);
    const reasonNow = async () =>
      (await app.builds.getBuild({ tenantId, bindingId }))._unsafeUnwrap().binding.errorReason;
    expect(await reasonNow()).toBe('workflow_conflict');
    const command = { tenantId, bindingId, ...BY_OPS };
    expect((await app.builds.retryBuild(command))._unsafeUnwrapErr().code).toBe('duplicate_risk');
    expect((await app.builds.retryBuild({ ...command, acceptDuplicateRisk: true })).isOk()).toBe(true);
    await when.work(app);
    expect(await reasonNow()).toBeNull();
  });

  it('after WRK gave away another build’s workflow asks under the same key, unless a fresh one is asked for', async () => {
    const app = open();
    await given.requestedBuild(app, 'first');
    await when.work(app);
    const [taken] = app.fake.workflows();
    const body = { workflow_id: taken?.id, workflow_url: taken?.url };
    app.fake.script(wrkBehaviour.answers(201, { body }), wrkBehaviour.answers(201, { body }));
    const { tenantId, bindingId } = await given.requestedBuild(app, 'second');
    await when.work(app);
    const command = { tenantId, bindingId, ...BY_OPS };
    expect((await app.builds.retryBuild(command)).isOk()).toBe(true);
    await when.work(app);
    const fresh = { ...command, freshKey: true };
    expect((await app.builds.retryBuild(fresh))._unsafeUnwrapErr().code).toBe('duplicate_risk');
    expect((await app.builds.retryBuild({ ...fresh, acceptDuplicateRisk: true })).isOk()).toBe(true);
    await when.work(app);
    const [, first, second, third] = app.fake.calls().map(({ key }) => key);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    expect((await app.builds.getBuild({ tenantId, bindingId }))._unsafeUnwrap().binding.status).toBe(
      'active',
    );
  });
});
