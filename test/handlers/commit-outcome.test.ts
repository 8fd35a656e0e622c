import { describe, expect, it } from 'vitest';
import { wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import { type CommitStep, openBench } from './support/build-bench.js';

describe('an answer whose facts have moved', () => {
  it('is decided on again, on the new facts', async () => {
    const bench = openBench();
    const project = await bench.accept();
    const [task] = (await bench.store.host.read()).tasks;
    if (!task) throw new Error('a request makes tasks');
    const added = {
      ...task,
      id: '20000000-0000-4000-8000-000000000000',
      templateSlug: 'added',
      category: 'integration',
    };
    bench.whileCalled.push(async () => {
      await bench.store.host.insert({ tasks: [added] });
      await bench.store.host.update('projects', project.projectId, { name: 'Renamed' });
    });
    await bench.run(await bench.take());
    expect(bench.decisions.map(({ binding }) => binding?.status)).toEqual(['active', 'active']);
    expect(bench.reloads).toEqual([null]);
    const { tasks } = await bench.store.host.read();
    expect(tasks.find(({ id }) => id === added.id)?.status, 'it is among the finished').toBe('complete');
    expect(bench.settled).toMatchObject([{ binding: { status: 'active' } }]);
  });

  it('is recorded when they never hold still, and the build goes back, to be completed without another call', async () => {
    const bench = openBench();
    const project = await bench.accept();
    let names = 0;
    const rename: CommitStep = async () => {
      await bench.store.host.update('projects', project.projectId, { name: `Name ${++names}` });
      return undefined;
    };
    bench.steps.push(rename, rename, rename);
    await bench.run(await bench.take());
    expect(
      bench.decisions.map(({ binding }) => binding?.status),
      'three, the record, and the way back',
    ).toEqual(['active', 'active', 'active', undefined, 'pending']);
    expect(await bench.calls()).toMatchObject([{ outcome: 'created', wrk_workflow_id: 'wf_1' }]);
    expect(await bench.bindings()).toMatchObject([{ status: 'pending' }]);
    expect(bench.settled, 'the lease is not lost').toMatchObject([{ binding: { runInMs: 1_000 } }]);

    bench.passTime(1_000);
    await bench.run(await bench.take());
    expect(await bench.bindings()).toMatchObject([{ status: 'active', wrk_workflow_id: 'wf_1' }]);
    expect(bench.fake.calls()).toHaveLength(1);
    expect(await bench.audienceOf('workflow_unbound')).toEqual([]);
  });

  it('is left to others when the build cannot even be given back', async () => {
    const bench = openBench();
    await bench.accept();
    const stale: CommitStep = async () => 'stale';
    bench.steps.push(stale, stale, stale, async () => undefined, stale);
    await bench.run(await bench.take());
    expect(await bench.calls()).toMatchObject([{ outcome: 'created', wrk_workflow_id: 'wf_1' }]);
    expect(bench.settled).toEqual([null]);
  });

  it('of our own, without a call, goes back as not sent', async () => {
    const bench = openBench();
    const project = await bench.accept();
    await bench.store.host.update('automationVersions', project.versionId, { status: 'Archived' });
    const stale: CommitStep = async () => 'stale';
    bench.steps.push(stale, stale, stale);
    await bench.run(await bench.take());
    expect(await bench.calls()).toMatchObject([
      { outcome: 'not_sent', detail: expect.stringContaining('kept changing') },
    ]);
    expect(bench.settled).toMatchObject([{ binding: { status: 'pending', runInMs: 1_000 } }]);
  });

  it('waits for rows that somebody holds, and then is acted on', async () => {
    const bench = openBench();
    const project = await bench.accept();
    const { release } = await bench.store.host.lock('projects', project.projectId);
    bench.steps.push(async () => {
      // Let go once it was found held, and is being waited for.
      setImmediate(() => void release());
      return undefined;
    });
    await bench.run(await bench.take());
    expect(bench.reloads).toEqual([bench.shell.lockWaitMs]);
    expect(await bench.bindings()).toMatchObject([{ status: 'active' }]);
  });
});

describe('a workflow that WRK names', () => {
  const SAME = wrkBehaviour.answers(201, {
    body: { workflow_id: 'wf_same', workflow_url: 'https://app.wrk.example/workflows/wf_same' },
  });

  it('and that another build holds ends this one as workflow_conflict, for a person to look into', async () => {
    const bench = openBench();
    bench.fake.script(SAME, SAME);
    const first = await bench.accept('first');
    await bench.run(await bench.take());
    const second = await bench.accept('second');
    await bench.run(await bench.take());

    const bindings = await bench.bindings();
    expect(bindings.find(({ id }) => id === first.bindingId)).toMatchObject({
      status: 'active',
      wrk_workflow_id: 'wf_same',
    });
    expect(bindings.find(({ id }) => id === second.bindingId)).toMatchObject({
      status: 'error',
      error_reason: 'workflow_conflict',
      error_details: { detail: expect.stringContaining('wf_same') },
      wrk_workflow_id: null,
    });
    expect(await bench.audienceOf('build_failed')).toEqual(['email to ops_team', 'in_app to ops_team']);
    expect(bench.settled).toMatchObject([
      { binding: { status: 'active' } },
      { binding: { status: 'error', errorReason: 'workflow_conflict' } },
    ]);
  });

  it('for a version that was archived during the call is kept and told to ops; the version is not brought back', async () => {
    const bench = openBench();
    const project = await bench.accept();
    bench.whileCalled.push(() =>
      bench.store.host.update('automationVersions', project.versionId, { status: 'Archived' }),
    );
    await bench.run(await bench.take());
    expect(await bench.bindings()).toMatchObject([
      {
        status: 'error',
        error_reason: 'not_buildable',
        error_details: { detail: expect.stringContaining('wf_1') },
      },
    ]);
    expect(await bench.calls()).toMatchObject([{ outcome: 'created', wrk_workflow_id: 'wf_1' }]);
    expect(await bench.audienceOf('workflow_unbound')).toEqual(['email to ops_team', 'in_app to ops_team']);
    const { automationVersions } = await bench.store.host.read();
    expect(automationVersions).toMatchObject([{ status: 'Archived' }]);
  });

  it('for a version that is gone is kept and told to ops as well', async () => {
    const bench = openBench();
    const project = await bench.accept();
    bench.whileCalled.push(async () => {
      await bench.store.host.remove('quotes', project.quoteId);
      await bench.store.host.remove('automationVersions', project.versionId);
    });
    await bench.run(await bench.take());
    expect(await bench.bindings()).toMatchObject([{ status: 'error', error_reason: 'not_buildable' }]);
    expect(await bench.calls()).toMatchObject([{ outcome: 'created', wrk_workflow_id: 'wf_1' }]);
    expect(await bench.audienceOf('workflow_unbound')).toHaveLength(2);
  });
});

describe('a commit that throws', () => {
  it('comes out as it is, and the build is completed from the recorded answer, without another call', async () => {
    const bench = openBench();
    const away = new Error('the database is away');
    await bench.accept();
    bench.steps.push(async () => {
      throw away;
    });
    await expect(bench.run(await bench.take())).rejects.toBe(away);
    expect(bench.settled).toEqual([]);
    expect(await bench.calls()).toMatchObject([{ outcome: 'created', wrk_workflow_id: 'wf_1' }]);
    expect(await bench.audienceOf('workflow_unbound'), 'nobody is alarmed').toEqual([]);

    await bench.loseLeases();
    await bench.run(await bench.take());
    expect(await bench.bindings()).toMatchObject([{ status: 'active', wrk_workflow_id: 'wf_1' }]);
    expect([...bench.fake.workflowsByReference().values()]).toEqual([1]);
    expect(bench.fake.calls()).toHaveLength(1);
  });

  it('and whose answer cannot be recorded either is done again under the same key, with one workflow at WRK', async () => {
    const bench = openBench();
    const away = new Error('the database is away');
    const fail: CommitStep = async () => {
      throw away;
    };
    await bench.accept();
    bench.steps.push(fail, fail);
    await expect(bench.run(await bench.take())).rejects.toBe(away);
    expect(await bench.calls()).toMatchObject([{ outcome: null }]);

    await bench.loseLeases();
    await bench.run(await bench.take());
    expect(await bench.bindings()).toMatchObject([{ status: 'active', wrk_workflow_id: 'wf_1' }]);
    const [first, second] = bench.fake.calls();
    expect([second?.key, second?.bodyHash]).toEqual([first?.key, first?.bodyHash]);
    expect([...bench.fake.workflowsByReference().values()]).toEqual([1]);
  });
});
