import { describe, expect, it } from 'vitest';
import { wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import * as given from '../support/given.js';
import * as then from '../support/then.js';
import { latch } from '../support/until.js';
import { openOrchestration } from './support/orchestration.js';

const UNBOUND = ['email to ops_team', 'in_app to ops_team'];
const REJECTION = wrkBehaviour.answers(422, { body: { errors: ['nodes: unknown type'] } });

/** A build whose first worker lost its lease during the call; `meanwhile` is what the next worker does before the answer. */
async function loseLease(
  handler: ReturnType<typeof openOrchestration>,
  meanwhile: (next: Awaited<ReturnType<typeof handler.claim>>) => Promise<void> = async () => {},
) {
  const project = await given.requestedBuild(handler);
  const first = await handler.claim();
  handler.whileCalled.push(async () => {
    await handler.loseLeases();
    await meanwhile(await handler.claim());
  });
  await handler.run(first);
  return project;
}

describe('an answer that comes after the lease was lost', () => {
  it('is recorded in the ledger and changes nothing else, while somebody else holds the build', async () => {
    const handler = openOrchestration();
    await loseLease(handler);
    expect(await then.calls(handler)).toMatchObject([
      { outcome: 'created', wrk_workflow_id: 'wf_1', detail: 'WRK answered after the lease was lost' },
      { outcome: null },
    ]);
    expect(await then.bindings(handler)).toMatchObject([
      { status: 'pending', fence: 3, wrk_workflow_id: null },
    ]);
    expect(await then.addressees(handler, 'workflow_unbound')).toEqual([]);
    expect(handler.settled).toEqual([null]);
  });

  it('completes the build at the next claim, without another call', async () => {
    const handler = openOrchestration();
    // The next worker dies before it calls.
    await loseLease(handler);
    await handler.loseLeases();
    await handler.run(await handler.claim());
    expect(await then.bindings(handler)).toMatchObject([{ status: 'active', wrk_workflow_id: 'wf_1' }]);
    expect(handler.fake.calls()).toHaveLength(1);
    expect(handler.settled).toMatchObject([null, { binding: { status: 'active' } }]);
  });

  it('is the same workflow that the next holder gets under the same key, and only one is made', async () => {
    const handler = openOrchestration();
    await loseLease(handler, (next) => handler.run(next));
    expect(await then.bindings(handler)).toMatchObject([{ status: 'active', wrk_workflow_id: 'wf_1' }]);
    const [first, second] = handler.fake.calls();
    expect([second?.key, second?.body]).toEqual([first?.key, first?.body]);
    expect(handler.fake.workflows()).toHaveLength(1);
    expect(handler.fake.violations()).toEqual([]);
    expect(await then.addressees(handler, 'workflow_unbound'), 'nobody is alarmed').toEqual([]);
    const { audit } = await handler.store.libraryRows();
    expect(audit.filter((entry) => entry.action_type === 'build_complete')).toHaveLength(1);
  });

  it('is kept and told to ops when the build has ended without it', async () => {
    const handler = openOrchestration({ fake: { honoursKeys: false } });
    await loseLease(handler, async (next) => {
      handler.fake.script(REJECTION);
      await handler.run(next);
    });
    expect(await then.bindings(handler)).toMatchObject([
      { status: 'error', error_reason: 'blueprint_rejected' },
    ]);
    expect(await then.calls(handler)).toMatchObject([
      {
        outcome: 'created',
        wrk_workflow_id: 'wf_1',
        wrk_workflow_url: 'https://app.wrk.example/workflows/wf_1',
      },
      { outcome: 'rejected', wrk_workflow_id: null },
    ]);
    expect(await then.addressees(handler, 'workflow_unbound')).toEqual(UNBOUND);
  });

  it('completes the build although WRK refuses the next holder’s call, whose answer is kept as well', async () => {
    const handler = openOrchestration({ fake: { honoursKeys: false } });
    const called = latch();
    const recorded = latch();
    let ending: Promise<void> = Promise.resolve();
    await loseLease(handler, async (next) => {
      handler.fake.script(REJECTION);
      handler.whileCalled.push(() => {
        called.open();
        return recorded.passed;
      });
      ending = handler.run(next);
      await called.passed;
    });
    recorded.open();
    await ending;
    expect(await then.bindings(handler)).toMatchObject([{ status: 'active', wrk_workflow_id: 'wf_1' }]);
    expect(await then.calls(handler)).toMatchObject([{ outcome: 'created' }, { outcome: 'rejected' }]);
    expect(await then.addressees(handler, 'workflow_unbound')).toEqual([]);
  });

  it('is told to ops once when the build ends while it is being recorded: whoever was late looks again', async () => {
    const handler = openOrchestration({ fake: { honoursKeys: false } });
    await loseLease(handler, async (next) => {
      handler.fake.script(REJECTION);
      // The first is stale and finds the build pending; then the other ends it, before the record is written.
      handler.steps.push(
        async () => 'stale',
        async () => {
          await handler.run(next);
          return undefined;
        },
      );
    });
    expect(await then.bindings(handler)).toMatchObject([
      { status: 'error', error_reason: 'blueprint_rejected' },
    ]);
    expect(await then.calls(handler)).toMatchObject([{ outcome: 'created' }, { outcome: 'rejected' }]);
    expect(await then.addressees(handler, 'workflow_unbound')).toEqual(UNBOUND);
  });

  it('is told to ops once when it is recorded while the build ends: whoever ended it looks again', async () => {
    const handler = openOrchestration({ fake: { honoursKeys: false } });
    const atCommit = latch();
    const recorded = latch();
    let ending: Promise<void> = Promise.resolve();
    await loseLease(handler, async (next) => {
      handler.fake.script(REJECTION);
      // It has heard nothing when it comes to its commit.
      handler.steps.push(async () => {
        atCommit.open();
        await recorded.passed;
        return undefined;
      });
      ending = handler.run(next);
      await atCommit.passed;
    });
    recorded.open();
    await ending;
    expect(await then.bindings(handler)).toMatchObject([
      { status: 'error', error_reason: 'blueprint_rejected' },
    ]);
    expect(await then.calls(handler)).toMatchObject([{ outcome: 'created' }, { outcome: 'rejected' }]);
    expect(await then.addressees(handler, 'workflow_unbound')).toEqual(UNBOUND);
  });

  it('is told to ops when the build has been completed with another workflow', async () => {
    const handler = openOrchestration({ fake: { honoursKeys: false } });
    await loseLease(handler, (next) => handler.run(next));
    expect(await then.bindings(handler)).toMatchObject([{ status: 'active', wrk_workflow_id: 'wf_2' }]);
    expect(await then.addressees(handler, 'workflow_unbound')).toEqual(UNBOUND);
  });

  it('is recorded as unknown, and told to nobody, when it does not say whether there is a workflow', async () => {
    const handler = openOrchestration();
    handler.fake.script(wrkBehaviour.createsThenAnswers(500));
    await loseLease(handler, async (next) => {
      handler.fake.script(REJECTION);
      await handler.run(next);
    });
    expect(await then.calls(handler)).toMatchObject([{ outcome: 'unknown' }, { outcome: 'rejected' }]);
    expect(await then.addressees(handler, 'workflow_unbound')).toEqual([]);
  });

  it('is told to ops even if the build is gone', async () => {
    const handler = openOrchestration();
    await given.requestedBuild(handler);
    handler.steps.push(async () => 'stale');
    await handler.run(await handler.claim(), { reload: async () => null });
    expect(await then.calls(handler)).toMatchObject([{ outcome: 'created', wrk_workflow_id: 'wf_1' }]);
    expect(await then.addressees(handler, 'workflow_unbound')).toEqual(UNBOUND);
  });
});

describe('a call that was cut off after the lease was lost', () => {
  it('stays open in the ledger, since nothing was answered', async () => {
    const handler = openOrchestration();
    await given.requestedBuild(handler);
    const stop = new AbortController();
    handler.whileCalled.push(async () => {
      await handler.loseLeases();
      await handler.claim();
      stop.abort();
    });
    const first = await handler.claim();
    await handler.run(first, { signal: stop.signal });
    expect(await then.calls(handler)).toMatchObject([{ outcome: null }, { outcome: null }]);
    expect(handler.decisions, 'it is not even tried').toHaveLength(1);
    expect(handler.settled).toEqual([null]);
  });
});
