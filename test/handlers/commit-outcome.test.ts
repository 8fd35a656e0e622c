import { describe, expect, it } from 'vitest';
import { wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import * as given from '../support/given.js';
import * as then from '../support/then.js';
import { type CommitStep, openOrchestration } from './support/orchestration.js';

describe('an answer whose facts have moved', () => {
  it('is decided on again, on the new facts', async () => {
    const handler = openOrchestration();
    const project = await given.requestedBuild(handler);
    const [task] = (await handler.store.host.read()).tasks;
    if (!task) throw new Error('a request makes tasks');
    const added = {
      ...task,
      id: '20000000-0000-4000-8000-000000000000',
      templateSlug: 'added',
      category: 'integration',
    };
    handler.whileCalled.push(async () => {
      await handler.store.host.insert({ tasks: [added] });
      await handler.store.host.update('projects', project.projectId, { name: 'Renamed' });
    });
    await handler.run(await handler.claim());
    expect(handler.decisions.map(({ binding }) => binding?.status)).toEqual(['active', 'active']);
    expect(handler.reloads).toEqual([null]);
    const { tasks } = await handler.store.host.read();
    expect(tasks.find(({ id }) => id === added.id)?.status, 'it is among the finished').toBe('complete');
    expect(handler.settled).toMatchObject([{ binding: { status: 'active' } }]);
  });

  it('is recorded when they never hold still, and the build goes back, to be completed without another call', async () => {
    const handler = openOrchestration();
    const project = await given.requestedBuild(handler);
    let names = 0;
    const rename: CommitStep = async () => {
      await handler.store.host.update('projects', project.projectId, { name: `Name ${++names}` });
      return undefined;
    };
    handler.steps.push(rename, rename, rename);
    await handler.run(await handler.claim());
    expect(
      handler.decisions.map(({ binding }) => binding?.status),
      'three, the record, and the way back',
    ).toEqual(['active', 'active', 'active', undefined, 'pending']);
    expect(await then.calls(handler)).toMatchObject([{ outcome: 'created', wrk_workflow_id: 'wf_1' }]);
    expect(await then.bindings(handler)).toMatchObject([{ status: 'pending' }]);
    expect(handler.settled, 'the lease is not lost').toMatchObject([{ binding: { runInMs: 1_000 } }]);

    handler.passTime(1_000);
    await handler.run(await handler.claim());
    expect(await then.bindings(handler)).toMatchObject([{ status: 'active', wrk_workflow_id: 'wf_1' }]);
    expect(handler.fake.calls()).toHaveLength(1);
    expect(await then.addressees(handler, 'workflow_unbound')).toEqual([]);
  });

  it('is left to others when the build cannot even be given back', async () => {
    const handler = openOrchestration();
    await given.requestedBuild(handler);
    const stale: CommitStep = async () => 'stale';
    handler.steps.push(stale, stale, stale, async () => undefined, stale);
    await handler.run(await handler.claim());
    expect(await then.calls(handler)).toMatchObject([{ outcome: 'created', wrk_workflow_id: 'wf_1' }]);
    expect(handler.settled).toEqual([null]);
  });

  it('of our own, without a call, goes back as not sent', async () => {
    const handler = openOrchestration();
    const project = await given.requestedBuild(handler);
    await handler.store.host.update('automationVersions', project.versionId, { status: 'Archived' });
    const stale: CommitStep = async () => 'stale';
    handler.steps.push(stale, stale, stale);
    await handler.run(await handler.claim());
    expect(await then.calls(handler)).toMatchObject([
      { outcome: 'not_sent', detail: expect.stringContaining('kept changing') },
    ]);
    expect(handler.settled).toMatchObject([{ binding: { status: 'pending', runInMs: 1_000 } }]);
  });

  it('waits for rows that somebody holds, and then is acted on', async () => {
    const handler = openOrchestration();
    const project = await given.requestedBuild(handler);
    const { release } = await handler.store.host.lock('projects', project.projectId);
    handler.steps.push(async () => {
      // Let go once it was found held, and is being waited for.
      setImmediate(() => void release());
      return undefined;
    });
    await handler.run(await handler.claim());
    expect(handler.reloads).toEqual([handler.deps.lockWaitMs]);
    expect(await then.bindings(handler)).toMatchObject([{ status: 'active' }]);
  });
});

describe('a workflow that WRK names', () => {
  const SAME = wrkBehaviour.answers(201, {
    body: { workflow_id: 'wf_same', workflow_url: 'https://app.wrk.example/workflows/wf_same' },
  });

  it('and that another build holds ends this one as workflow_conflict, for a person to look into', async () => {
    const handler = openOrchestration();
    handler.fake.script(SAME, SAME);
    const first = await given.requestedBuild(handler, 'first');
    await handler.run(await handler.claim());
    const second = await given.requestedBuild(handler, 'second');
    await handler.run(await handler.claim());

    const bindings = await then.bindings(handler);
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
    expect(await then.addressees(handler, 'build_failed')).toEqual([
      'email to ops_team',
      'in_app to ops_team',
    ]);
    expect(handler.settled).toMatchObject([
      { binding: { status: 'active' } },
      { binding: { status: 'error', errorReason: 'workflow_conflict' } },
    ]);
  });

  it('for a version that was archived during the call is kept and told to ops; the version is not brought back', async () => {
    const handler = openOrchestration();
    const project = await given.requestedBuild(handler);
    handler.whileCalled.push(() =>
      handler.store.host.update('automationVersions', project.versionId, { status: 'Archived' }),
    );
    await handler.run(await handler.claim());
    expect(await then.bindings(handler)).toMatchObject([
      {
        status: 'error',
        error_reason: 'not_buildable',
        error_details: { detail: expect.stringContaining('wf_1') },
      },
    ]);
    expect(await then.calls(handler)).toMatchObject([{ outcome: 'created', wrk_workflow_id: 'wf_1' }]);
    expect(await then.addressees(handler, 'workflow_unbound')).toEqual([
      'email to ops_team',
      'in_app to ops_team',
    ]);
    const { automationVersions } = await handler.store.host.read();
    expect(automationVersions).toMatchObject([{ status: 'Archived' }]);
  });

  it('for a version that is gone is kept and told to ops as well', async () => {
    const handler = openOrchestration();
    const project = await given.requestedBuild(handler);
    handler.whileCalled.push(async () => {
      await handler.store.host.remove('quotes', project.quoteId);
      await handler.store.host.remove('automationVersions', project.versionId);
    });
    await handler.run(await handler.claim());
    expect(await then.bindings(handler)).toMatchObject([{ status: 'error', error_reason: 'not_buildable' }]);
    expect(await then.calls(handler)).toMatchObject([{ outcome: 'created', wrk_workflow_id: 'wf_1' }]);
    expect(await then.addressees(handler, 'workflow_unbound')).toHaveLength(2);
  });
});

describe('a commit that throws', () => {
  it('comes out as it is, and the build is completed from the recorded answer, without another call', async () => {
    const handler = openOrchestration();
    const away = new Error('the database is away');
    await given.requestedBuild(handler);
    handler.steps.push(async () => {
      throw away;
    });
    await expect(handler.run(await handler.claim())).rejects.toBe(away);
    expect(handler.settled).toEqual([]);
    expect(await then.calls(handler)).toMatchObject([{ outcome: 'created', wrk_workflow_id: 'wf_1' }]);
    expect(await then.addressees(handler, 'workflow_unbound'), 'nobody is alarmed').toEqual([]);

    await handler.loseLeases();
    await handler.run(await handler.claim());
    expect(await then.bindings(handler)).toMatchObject([{ status: 'active', wrk_workflow_id: 'wf_1' }]);
    expect([...handler.fake.workflowsByReference().values()]).toEqual([1]);
    expect(handler.fake.calls()).toHaveLength(1);
  });

  it('and whose answer cannot be recorded either is done again under the same key, with one workflow at WRK', async () => {
    const handler = openOrchestration();
    const away = new Error('the database is away');
    const fail: CommitStep = async () => {
      throw away;
    };
    await given.requestedBuild(handler);
    handler.steps.push(fail, fail);
    await expect(handler.run(await handler.claim())).rejects.toBe(away);
    expect(await then.calls(handler)).toMatchObject([{ outcome: null }]);

    await handler.loseLeases();
    await handler.run(await handler.claim());
    expect(await then.bindings(handler)).toMatchObject([{ status: 'active', wrk_workflow_id: 'wf_1' }]);
    const [first, second] = handler.fake.calls();
    expect([second?.key, second?.bodyHash]).toEqual([first?.key, first?.bodyHash]);
    expect([...handler.fake.workflowsByReference().values()]).toEqual([1]);
  });
});
