import { expect, it } from 'vitest';
import { wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import { describeInEachFamily, ORDER } from './support/in-each-family.js';

describeInEachFamily('retrying builds', (open) => {
  it('a build that WRK rejected is built once its blueprint is fixed', async () => {
    const desk = open();
    desk.fake.script(wrkBehaviour.answers(422, { body: { errors: ['nodes[0]: retired'] } }));
    const { tenantId, bindingId, versionId } = await desk.request();
    await desk.work();
    expect(desk.fake.workflows()).toEqual([]);
    await desk.host.update('automationVersions', versionId, {
      blueprintJson: { nodes: [{ id: 'a' }, { id: 'b' }], edges: [{ source: 'a', target: 'b' }] },
    });

    const retried = await desk.builds.retryBuild({ tenantId, bindingId, ...ORDER });
    expect(retried._unsafeUnwrap()).toEqual({
      bindingId,
      automationVersionId: versionId,
      status: 'pending',
      run: 2,
    });
    await desk.work();

    const build = (await desk.builds.getBuild({ tenantId, bindingId }))._unsafeUnwrap();
    expect(build).toMatchObject({
      automationVersionStatus: 'QA & Testing',
      binding: { status: 'active', run: 2 },
      calls: [
        { run: 1, outcome: 'rejected', findings: ['nodes[0]: retired'] },
        { run: 2, outcome: 'created' },
      ],
      explanation: { state: 'active' },
    });
    expect(desk.fake.workflowsByReference()).toEqual(new Map([[bindingId, 1]]));
    const audit = (await desk.libraryRows()).audit.map(({ action_type, user_id }) => [action_type, user_id]);
    expect(audit).toEqual(
      expect.arrayContaining([
        ['retry_build', ORDER.userId],
        ['build_complete', null],
      ]),
    );
    expect(audit).toHaveLength(4);
  });

  it('of ten clicks at once one is carried out, and the others find the build pending', async () => {
    const desk = open();
    desk.fake.script(wrkBehaviour.answers(422));
    const { tenantId, bindingId } = await desk.request();
    await desk.work();
    const clicks = await Promise.all(
      Array.from({ length: 10 }, () => desk.builds.retryBuild({ tenantId, bindingId, ...ORDER })),
    );
    const codes = clicks.map((click) => (click.isOk() ? 'ok' : click.error.code)).toSorted();
    expect(codes.filter((code) => code === 'ok')).toHaveLength(1);
    expect(new Set(codes)).toEqual(new Set(['ok', 'wrong_build_status']));
    await desk.work();
    expect(desk.fake.workflows()).toHaveLength(1);
    expect(desk.events.filter(({ type }) => type === 'command_executed')).toHaveLength(1);
  });

  it('after an unknown outcome the key is kept, and WRK answers with the workflow that it made', async () => {
    const desk = open({ retry: { maxRetries: 0, initialDelayMs: 1, jitter: 0 } });
    desk.fake.script(wrkBehaviour.createsThenDrops());
    const { tenantId, bindingId } = await desk.request();
    await desk.work();
    expect(desk.fake.workflows(), 'it was made').toHaveLength(1);
    expect((await desk.builds.retryBuild({ tenantId, bindingId, ...ORDER })).isOk()).toBe(true);
    await desk.work();
    expect(desk.fake.calls().map(({ key }) => key)).toEqual(Array(2).fill(desk.fake.calls()[0]?.key));
    expect(desk.fake.workflows()).toHaveLength(1);
    expect((await desk.libraryRows()).bindings).toMatchObject([{ status: 'active' }]);
  });

  it('a fresh key gets past a WRK that replays an old refusal, and the risk has to be accepted', async () => {
    const desk = open({ retry: { maxRetries: 0, initialDelayMs: 1, jitter: 0 } });
    desk.fake.script(wrkBehaviour.answers(500));
    const { tenantId, bindingId } = await desk.request();
    await desk.work();
    const refused = await desk.builds.retryBuild({ tenantId, bindingId, ...ORDER, freshKey: true });
    expect(refused._unsafeUnwrapErr().code).toBe('duplicate_risk');
    expect((await desk.libraryRows()).bindings, 'nothing was changed').toMatchObject([
      { status: 'error', run: 1 },
    ]);
    const command = { tenantId, bindingId, ...ORDER, freshKey: true, acceptDuplicateRisk: true };
    expect((await desk.builds.retryBuild(command)).isOk()).toBe(true);
    await desk.work();
    const [first, second] = desk.fake.calls();
    expect(second?.key).not.toBe(first?.key);
    expect((await desk.libraryRows()).bindings).toMatchObject([{ status: 'active', key_generation: 1 }]);
  });

  it('with nothing against duplicates a run at a person’s own risk is called, and the next one has to be accepted anew', async () => {
    const desk = open({ duplicates: { by: 'nothing', onUnknownOutcome: 'stop' } });
    desk.fake.script(wrkBehaviour.createsThenDrops(), wrkBehaviour.drops());
    const { tenantId, bindingId } = await desk.request();
    await desk.work();
    const command = { tenantId, bindingId, ...ORDER };
    expect((await desk.builds.retryBuild(command))._unsafeUnwrapErr().code).toBe('duplicate_risk');
    expect((await desk.builds.retryBuild({ ...command, acceptDuplicateRisk: true })).isOk()).toBe(true);
    await desk.work();
    expect(desk.fake.calls()).toHaveLength(2);
    expect((await desk.libraryRows()).bindings).toMatchObject([
      { status: 'error', error_reason: 'outcome_unknown' },
    ]);
    expect((await desk.builds.retryBuild(command))._unsafeUnwrapErr().code).toBe('duplicate_risk');
  });

  it('all builds that failed for one reason are retried, each on its own', async () => {
    const desk = open({ retry: { maxRetries: 0, initialDelayMs: 1, jitter: 0 } });
    desk.fake.script(wrkBehaviour.answers(503), wrkBehaviour.answers(503), wrkBehaviour.answers(422));
    const first = await desk.request('one');
    await desk.work();
    const second = await desk.request('two');
    await desk.work();
    const third = await desk.request('three');
    await desk.work();
    await desk.host.update('automationVersions', second.versionId, { status: 'Archived' });

    const { tenantId } = first;
    const command = { tenantId, errorReason: 'wrk_api_error', ...ORDER } as const;
    const { retried, refused } = (await desk.builds.retryBuilds(command))._unsafeUnwrap();
    expect(retried.map(({ bindingId }) => bindingId)).toEqual([first.bindingId]);
    expect(refused).toMatchObject([{ bindingId: second.bindingId, error: { code: 'not_buildable' } }]);
    const untouched = (await desk.builds.getBuild({ tenantId, bindingId: third.bindingId }))._unsafeUnwrap();
    expect(untouched.binding).toMatchObject({ status: 'error', run: 1 });
  });

  it('after WRK gave away another build’s workflow needs the risk accepted where unknown outcomes stop', async () => {
    const desk = open({ duplicates: { by: 'nothing', onUnknownOutcome: 'stop' } });
    await desk.request('first');
    await desk.work();
    const [taken] = desk.fake.workflows();
    const body = { workflow_id: taken?.id, workflow_url: taken?.url };
    desk.fake.script(wrkBehaviour.answers(201, { body }));
    const { tenantId, bindingId } = await desk.request('second');
    await desk.work();
    const reasonNow = async () =>
      (await desk.builds.getBuild({ tenantId, bindingId }))._unsafeUnwrap().binding.errorReason;
    expect(await reasonNow()).toBe('workflow_conflict');
    const command = { tenantId, bindingId, ...ORDER };
    expect((await desk.builds.retryBuild(command))._unsafeUnwrapErr().code).toBe('duplicate_risk');
    expect((await desk.builds.retryBuild({ ...command, acceptDuplicateRisk: true })).isOk()).toBe(true);
    await desk.work();
    expect(await reasonNow()).toBeNull();
  });

  it('after WRK gave away another build’s workflow asks under the same key, unless a fresh one is asked for', async () => {
    const desk = open();
    await desk.request('first');
    await desk.work();
    const [taken] = desk.fake.workflows();
    const body = { workflow_id: taken?.id, workflow_url: taken?.url };
    desk.fake.script(wrkBehaviour.answers(201, { body }), wrkBehaviour.answers(201, { body }));
    const { tenantId, bindingId } = await desk.request('second');
    await desk.work();
    const command = { tenantId, bindingId, ...ORDER };
    expect((await desk.builds.retryBuild(command)).isOk()).toBe(true);
    await desk.work();
    const fresh = { ...command, freshKey: true };
    expect((await desk.builds.retryBuild(fresh))._unsafeUnwrapErr().code).toBe('duplicate_risk');
    expect((await desk.builds.retryBuild({ ...fresh, acceptDuplicateRisk: true })).isOk()).toBe(true);
    await desk.work();
    const [, first, second, third] = desk.fake.calls().map(({ key }) => key);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    expect((await desk.builds.getBuild({ tenantId, bindingId }))._unsafeUnwrap().binding.status).toBe(
      'active',
    );
  });
});
