import { describe, expect, it } from 'vitest';
import { wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import { latch } from '../workers/support/open-host.js';
import { openBench } from './support/build-bench.js';

const UNBOUND = ['email to ops_team', 'in_app to ops_team'];
const REJECTION = wrkBehaviour.answers(422, { body: { errors: ['nodes: unknown type'] } });

/** A build whose first worker lost its lease during the call; `meanwhile` is what the next worker does before the answer. */
async function loseLease(
  bench: ReturnType<typeof openBench>,
  meanwhile: (next: Awaited<ReturnType<typeof bench.take>>) => Promise<void> = async () => {},
) {
  const project = await bench.accept();
  const first = await bench.take();
  bench.whileCalled.push(async () => {
    await bench.loseLeases();
    await meanwhile(await bench.take());
  });
  await bench.run(first);
  return project;
}

describe('an answer that comes after the lease was lost', () => {
  it('is recorded in the ledger and changes nothing else, while somebody else holds the build', async () => {
    const bench = openBench();
    await loseLease(bench);
    expect(await bench.calls()).toMatchObject([
      { outcome: 'created', wrk_workflow_id: 'wf_1', detail: 'WRK answered after the lease was lost' },
      { outcome: null },
    ]);
    expect(await bench.bindings()).toMatchObject([{ status: 'pending', fence: 3, wrk_workflow_id: null }]);
    expect(await bench.audienceOf('workflow_unbound')).toEqual([]);
    expect(bench.settled).toEqual([null]);
  });

  it('completes the build at the next claim, without another call', async () => {
    const bench = openBench();
    // The next worker dies before it calls.
    await loseLease(bench);
    await bench.loseLeases();
    await bench.run(await bench.take());
    expect(await bench.bindings()).toMatchObject([{ status: 'active', wrk_workflow_id: 'wf_1' }]);
    expect(bench.fake.calls()).toHaveLength(1);
    expect(bench.settled).toMatchObject([null, { binding: { status: 'active' } }]);
  });

  it('is the same workflow that the next holder gets under the same key, and only one is made', async () => {
    const bench = openBench();
    await loseLease(bench, (next) => bench.run(next));
    expect(await bench.bindings()).toMatchObject([{ status: 'active', wrk_workflow_id: 'wf_1' }]);
    const [first, second] = bench.fake.calls();
    expect([second?.key, second?.body]).toEqual([first?.key, first?.body]);
    expect(bench.fake.workflows()).toHaveLength(1);
    expect(bench.fake.violations()).toEqual([]);
    expect(await bench.audienceOf('workflow_unbound'), 'nobody is alarmed').toEqual([]);
    const { audit } = await bench.store.libraryRows();
    expect(audit.filter((entry) => entry.action_type === 'build_complete')).toHaveLength(1);
  });

  it('is kept and told to ops when the build has ended without it', async () => {
    const bench = openBench({ fake: { honoursKeys: false } });
    await loseLease(bench, async (next) => {
      bench.fake.script(REJECTION);
      await bench.run(next);
    });
    expect(await bench.bindings()).toMatchObject([{ status: 'error', error_reason: 'blueprint_rejected' }]);
    expect(await bench.calls()).toMatchObject([
      {
        outcome: 'created',
        wrk_workflow_id: 'wf_1',
        wrk_workflow_url: 'https://app.wrk.example/workflows/wf_1',
      },
      { outcome: 'rejected', wrk_workflow_id: null },
    ]);
    expect(await bench.audienceOf('workflow_unbound')).toEqual(UNBOUND);
  });

  it('completes the build although WRK refuses the next holder’s call, whose answer is kept as well', async () => {
    const bench = openBench({ fake: { honoursKeys: false } });
    const called = latch();
    const recorded = latch();
    let ending: Promise<void> = Promise.resolve();
    await loseLease(bench, async (next) => {
      bench.fake.script(REJECTION);
      bench.whileCalled.push(() => {
        called.open();
        return recorded.passed;
      });
      ending = bench.run(next);
      await called.passed;
    });
    recorded.open();
    await ending;
    expect(await bench.bindings()).toMatchObject([{ status: 'active', wrk_workflow_id: 'wf_1' }]);
    expect(await bench.calls()).toMatchObject([{ outcome: 'created' }, { outcome: 'rejected' }]);
    expect(await bench.audienceOf('workflow_unbound')).toEqual([]);
  });

  it('is told to ops once when the build ends while it is being recorded: whoever was late looks again', async () => {
    const bench = openBench({ fake: { honoursKeys: false } });
    await loseLease(bench, async (next) => {
      bench.fake.script(REJECTION);
      // The first is stale and finds the build pending; then the other ends it, before the record is written.
      bench.steps.push(
        async () => 'stale',
        async () => {
          await bench.run(next);
          return undefined;
        },
      );
    });
    expect(await bench.bindings()).toMatchObject([{ status: 'error', error_reason: 'blueprint_rejected' }]);
    expect(await bench.calls()).toMatchObject([{ outcome: 'created' }, { outcome: 'rejected' }]);
    expect(await bench.audienceOf('workflow_unbound')).toEqual(UNBOUND);
  });

  it('is told to ops once when it is recorded while the build ends: whoever ended it looks again', async () => {
    const bench = openBench({ fake: { honoursKeys: false } });
    const atCommit = latch();
    const recorded = latch();
    let ending: Promise<void> = Promise.resolve();
    await loseLease(bench, async (next) => {
      bench.fake.script(REJECTION);
      // It has heard nothing when it comes to its commit.
      bench.steps.push(async () => {
        atCommit.open();
        await recorded.passed;
        return undefined;
      });
      ending = bench.run(next);
      await atCommit.passed;
    });
    recorded.open();
    await ending;
    expect(await bench.bindings()).toMatchObject([{ status: 'error', error_reason: 'blueprint_rejected' }]);
    expect(await bench.calls()).toMatchObject([{ outcome: 'created' }, { outcome: 'rejected' }]);
    expect(await bench.audienceOf('workflow_unbound')).toEqual(UNBOUND);
  });

  it('is told to ops when the build has been completed with another workflow', async () => {
    const bench = openBench({ fake: { honoursKeys: false } });
    await loseLease(bench, (next) => bench.run(next));
    expect(await bench.bindings()).toMatchObject([{ status: 'active', wrk_workflow_id: 'wf_2' }]);
    expect(await bench.audienceOf('workflow_unbound')).toEqual(UNBOUND);
  });

  it('is recorded as unknown, and told to nobody, when it does not say whether there is a workflow', async () => {
    const bench = openBench();
    bench.fake.script(wrkBehaviour.createsThenAnswers(500));
    await loseLease(bench, async (next) => {
      bench.fake.script(REJECTION);
      await bench.run(next);
    });
    expect(await bench.calls()).toMatchObject([{ outcome: 'unknown' }, { outcome: 'rejected' }]);
    expect(await bench.audienceOf('workflow_unbound')).toEqual([]);
  });

  it('is told to ops even if the build is gone', async () => {
    const bench = openBench();
    await bench.accept();
    bench.steps.push(async () => 'stale');
    await bench.run(await bench.take(), { reload: async () => null });
    expect(await bench.calls()).toMatchObject([{ outcome: 'created', wrk_workflow_id: 'wf_1' }]);
    expect(await bench.audienceOf('workflow_unbound')).toEqual(UNBOUND);
  });
});

describe('a call that was cut off after the lease was lost', () => {
  it('stays open in the ledger, since nothing was answered', async () => {
    const bench = openBench();
    await bench.accept();
    const stop = new AbortController();
    bench.whileCalled.push(async () => {
      await bench.loseLeases();
      await bench.take();
      stop.abort();
    });
    const first = await bench.take();
    await bench.run(first, { signal: stop.signal });
    expect(await bench.calls()).toMatchObject([{ outcome: null }, { outcome: null }]);
    expect(bench.decisions, 'it is not even tried').toHaveLength(1);
    expect(bench.settled).toEqual([null]);
  });
});
