import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import { openBench } from './support/build-bench.js';

const LOOKUP = { duplicates: { by: 'lookup' } } as const;
const ABORTED = AbortSignal.abort();

describe('a call', () => {
  it('is made of what the build holds, under a key of its id and its bytes, and is timed', async () => {
    const bench = openBench();
    const { bindingId, tenantId, rows } = await bench.accept();
    const build = await bench.take();
    const durations: number[] = [];
    await bench.run(build, { onAnswer: (_, __, durationMs) => durations.push(durationMs) });
    const [call] = bench.fake.calls();
    expect(JSON.parse(call?.body ?? '')).toEqual({
      name: rows.automations?.[0]?.name,
      blueprint: rows.automationVersions?.[0]?.blueprintJson,
      tenant_id: tenantId,
    });
    const hash = createHash('sha256')
      .update(call?.body ?? '')
      .digest('hex');
    expect(call).toMatchObject({
      key: `${bindingId}.${hash}`,
      reference: bindingId,
      requestId: build.binding.requestId,
    });
    expect(durations).toEqual([expect.any(Number)]);
    expect(durations[0]).toBeGreaterThanOrEqual(0);
  });

  it('is in the ledger before it is made, and nothing is committed while it lasts', async () => {
    const bench = openBench();
    await bench.accept();
    const build = await bench.take();
    const during: unknown[] = [];
    bench.whileCalled.push(async () => {
      during.push(await bench.calls(), bench.decisions.length);
    });
    await bench.run(build);
    expect(during).toEqual([[expect.objectContaining({ number: 1, outcome: null })], 0]);
  });
});

describe('a process that stops', () => {
  it('before the call gives the build back at once, with its call closed as never sent', async () => {
    const bench = openBench();
    await bench.accept();
    await bench.run(await bench.take(), { signal: ABORTED });
    expect(bench.fake.calls()).toEqual([]);
    expect(await bench.calls()).toMatchObject([{ outcome: 'not_sent' }]);
    expect(await bench.bindings()).toMatchObject([{ status: 'pending' }]);
    expect(bench.settled).toMatchObject([{ binding: { status: 'pending' } }]);
    const again = await bench.take();
    expect(again.call.number).toBe(2);
  });

  it('before each of twelve calls costs the build none of its four, nor its interruptions', async () => {
    const bench = openBench();
    await bench.accept();
    for (let stop = 0; stop < 12; stop += 1) await bench.run(await bench.take(), { signal: ABORTED });
    bench.fake.script(...[1, 2, 3].map(() => wrkBehaviour.answers(503)));
    for (let call = 0; call < 4; call += 1) {
      await bench.run(await bench.take());
      bench.passTime(60_000);
    }
    expect(await bench.bindings()).toMatchObject([{ status: 'active' }]);
  });

  it('before the call gives the build back even if its rows are held just then', async () => {
    const bench = openBench();
    await bench.accept();
    bench.steps.push(async () => 'busy');
    await bench.run(await bench.take(), { signal: ABORTED });
    expect(bench.reloads).toEqual([bench.shell.lockWaitMs]);
    expect(await bench.calls()).toMatchObject([{ outcome: 'not_sent' }]);
    expect((await bench.take()).call.number).toBe(2);
  });

  it('before the call writes nothing if the build is not its own any more', async () => {
    const bench = openBench();
    await bench.accept();
    const build = await bench.take();
    await bench.loseLeases();
    await bench.take();
    await bench.run(build, { signal: ABORTED });
    expect(await bench.calls()).toMatchObject([{ outcome: null }, { outcome: null }]);
    expect(bench.settled).toEqual([null]);
  });

  it('in the call leaves it open in the ledger, and the replay has the same key and the same bytes', async () => {
    const bench = openBench();
    await bench.accept();
    const stop = new AbortController();
    bench.whileCalled.push(async () => stop.abort());
    await bench.run(await bench.take(), { signal: stop.signal });
    expect(await bench.calls()).toMatchObject([{ outcome: null }]);
    expect(await bench.bindings()).toMatchObject([{ status: 'pending' }]);
    expect(bench.settled).toMatchObject([{ binding: { status: 'pending', runInMs: 0 } }]);

    await bench.run(await bench.take());
    const [first, second] = bench.fake.calls();
    expect([second?.key, second?.body]).toEqual([first?.key, first?.body]);
    expect(await bench.bindings()).toMatchObject([{ status: 'active', wrk_workflow_id: 'wf_1' }]);
    expect(bench.fake.workflows()).toHaveLength(1);
  });

  it('in the call costs the build none of its four calls', async () => {
    const bench = openBench();
    await bench.accept();
    for (let times = 0; times < 3; times += 1) {
      const stop = new AbortController();
      bench.whileCalled.push(async () => stop.abort());
      await bench.run(await bench.take(), { signal: stop.signal });
    }
    bench.fake.script(...[1, 2, 3].map(() => wrkBehaviour.answers(503)));
    for (let call = 0; call < 4; call += 1) {
      await bench.run(await bench.take());
      bench.passTime(60_000);
    }
    expect(await bench.bindings()).toMatchObject([{ status: 'active' }]);
  });
});

describe('a build whose last call may have made the workflow', () => {
  /** The first call made it, and the answer was lost. */
  const afterLostAnswer = async (bench: ReturnType<typeof openBench>) => {
    bench.fake.script(wrkBehaviour.createsThenDrops());
    const project = await bench.accept();
    await bench.run(await bench.take());
    expect(await bench.calls()).toMatchObject([{ outcome: 'unknown' }]);
    bench.passTime(60_000);
    return project;
  };

  it('is looked up first where WRK can be asked, and found without another call', async () => {
    const bench = openBench(LOOKUP);
    await afterLostAnswer(bench);
    expect(bench.fake.lookups(), 'there was nothing to look for before').toBe(0);
    await bench.run(await bench.take());
    expect([bench.fake.lookups(), bench.fake.calls().length]).toEqual([1, 1]);
    expect(await bench.bindings()).toMatchObject([{ status: 'active', wrk_workflow_id: 'wf_1' }]);
  });

  it('is called for again where the lookup finds nothing', async () => {
    const bench = openBench(LOOKUP);
    await afterLostAnswer(bench);
    bench.fake.scriptLookups({ kind: 'absent' });
    await bench.run(await bench.take());
    expect([bench.fake.lookups(), bench.fake.calls().length]).toEqual([1, 2]);
    expect(await bench.bindings()).toMatchObject([{ status: 'active', wrk_workflow_id: 'wf_2' }]);
  });

  it('is not called for while the lookup fails: it stays unknown, and the build ends after its four', async () => {
    const bench = openBench(LOOKUP);
    await afterLostAnswer(bench);
    bench.fake.scriptLookups(...[1, 2, 3].map(() => ({ kind: 'failed', detail: 'WRK is down' }) as const));
    for (let lookup = 0; lookup < 3; lookup += 1) {
      await bench.run(await bench.take());
      bench.passTime(60_000);
    }
    expect(bench.fake.calls()).toHaveLength(1);
    expect(await bench.calls()).toMatchObject([1, 2, 3, 4].map((number) => ({ number, outcome: 'unknown' })));
    expect(await bench.bindings()).toMatchObject([
      { status: 'error', error_reason: 'wrk_api_error', error_details: { detail: 'WRK is down' } },
    ]);
    expect(bench.answers.at(-1)).toEqual({ kind: 'api_error', retryAfterMs: null, detail: 'WRK is down' });
  });

  it('is looked up under its own reference and tenant', async () => {
    const bench = openBench(LOOKUP);
    const { tenantId, bindingId } = await afterLostAnswer(bench);
    const asked: unknown[] = [];
    const build = await bench.take();
    const { wrk } = bench.shell;
    await bench.run(build, {
      wrk: {
        ...wrk,
        findWorkflow: async ({ signal: _, ...query }) => {
          asked.push(query);
          return { kind: 'absent' };
        },
      },
    });
    expect(asked).toEqual([{ tenantId, reference: bindingId, requestId: build.binding.requestId }]);
  });
});

describe('a step that needs no call', () => {
  const archive = (bench: ReturnType<typeof openBench>, id: string, status: string) =>
    bench.store.host.update('automationVersions', id, { status });

  it('ends the build without one', async () => {
    const bench = openBench();
    const { versionId } = await bench.accept();
    await archive(bench, versionId, 'Archived');
    await bench.run(await bench.take());
    expect(await bench.bindings()).toMatchObject([{ status: 'error', error_reason: 'not_buildable' }]);
    expect(await bench.calls()).toMatchObject([{ outcome: 'not_sent' }]);
    expect([bench.fake.calls(), bench.answers]).toEqual([[], []]);
  });

  it('gives the build back when new facts want a call after all', async () => {
    const bench = openBench();
    const { versionId } = await bench.accept();
    await archive(bench, versionId, 'Archived');
    const build = await bench.take();
    await archive(bench, versionId, 'Build in Progress');
    await bench.run(build);
    expect(bench.decisions.map(({ binding }) => binding?.status)).toEqual(['error', 'pending']);
    expect(await bench.calls()).toMatchObject([
      { outcome: 'not_sent', detail: expect.stringContaining('changed') },
    ]);
    expect(bench.fake.calls()).toEqual([]);
    await bench.run(await bench.take());
    expect(await bench.bindings()).toMatchObject([{ status: 'active' }]);
  });

  it('is taken all the same when the process stops', async () => {
    const bench = openBench();
    const { versionId } = await bench.accept();
    await archive(bench, versionId, 'Archived');
    await bench.run(await bench.take(), { signal: ABORTED });
    expect(await bench.bindings()).toMatchObject([{ status: 'error', error_reason: 'not_buildable' }]);
  });
});
