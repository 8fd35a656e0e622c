import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import * as given from '../support/given.js';
import * as then from '../support/then.js';
import { openOrchestration } from './support/orchestration.js';

const LOOKUP = { duplicates: { by: 'lookup', settleMs: 0 } } as const;
const ABORTED = AbortSignal.abort();

describe('a call', () => {
  it('is made of what the build holds, under a key of its id and its bytes, and is timed', async () => {
    const handler = openOrchestration();
    const { bindingId, tenantId, rows } = await given.requestedBuild(handler);
    const build = await handler.claim();
    const durations: number[] = [];
    await handler.run(build, { onAnswer: (_, __, durationMs) => durations.push(durationMs) });
    const [call] = handler.fake.calls();
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
    const handler = openOrchestration();
    await given.requestedBuild(handler);
    const build = await handler.claim();
    const during: unknown[] = [];
    handler.whileCalled.push(async () => {
      during.push(await then.calls(handler), handler.decisions.length);
    });
    await handler.run(build);
    expect(during).toEqual([[expect.objectContaining({ number: 1, outcome: null })], 0]);
  });
});

describe('a process that stops', () => {
  it('before the call gives the build back at once, with its call closed as never sent', async () => {
    const handler = openOrchestration();
    await given.requestedBuild(handler);
    await handler.run(await handler.claim(), { signal: ABORTED });
    expect(handler.fake.calls()).toEqual([]);
    expect(await then.calls(handler)).toMatchObject([{ outcome: 'not_sent' }]);
    expect(await then.bindings(handler)).toMatchObject([{ status: 'pending' }]);
    expect(handler.settled).toMatchObject([{ binding: { status: 'pending' } }]);
    const again = await handler.claim();
    expect(again.call.number).toBe(2);
  });

  it('before each of twelve calls costs the build none of its four, nor its interruptions', async () => {
    const handler = openOrchestration();
    await given.requestedBuild(handler);
    for (let stop = 0; stop < 12; stop += 1) await handler.run(await handler.claim(), { signal: ABORTED });
    handler.fake.script(...[1, 2, 3].map(() => wrkBehaviour.answers(503)));
    for (let call = 0; call < 4; call += 1) {
      await handler.run(await handler.claim());
      handler.passTime(60_000);
    }
    expect(await then.bindings(handler)).toMatchObject([{ status: 'active' }]);
  });

  it('before the call gives the build back even if its rows are held just then', async () => {
    const handler = openOrchestration();
    await given.requestedBuild(handler);
    handler.steps.push(async () => 'busy');
    await handler.run(await handler.claim(), { signal: ABORTED });
    expect(handler.reloads).toEqual([handler.deps.lockWaitMs]);
    expect(await then.calls(handler)).toMatchObject([{ outcome: 'not_sent' }]);
    expect((await handler.claim()).call.number).toBe(2);
  });

  it('before the call writes nothing if the build is not its own any more', async () => {
    const handler = openOrchestration();
    await given.requestedBuild(handler);
    const build = await handler.claim();
    await handler.loseLeases();
    await handler.claim();
    await handler.run(build, { signal: ABORTED });
    expect(await then.calls(handler)).toMatchObject([{ outcome: null }, { outcome: null }]);
    expect(handler.settled).toEqual([null]);
  });

  it('in the call leaves it open in the ledger, and the replay has the same key and the same bytes', async () => {
    const handler = openOrchestration();
    await given.requestedBuild(handler);
    const stop = new AbortController();
    handler.whileCalled.push(async () => stop.abort());
    await handler.run(await handler.claim(), { signal: stop.signal });
    expect(await then.calls(handler)).toMatchObject([{ outcome: null }]);
    expect(await then.bindings(handler)).toMatchObject([{ status: 'pending' }]);
    expect(handler.settled).toMatchObject([{ binding: { status: 'pending', runInMs: 0 } }]);

    await handler.run(await handler.claim());
    const [first, second] = handler.fake.calls();
    expect([second?.key, second?.body]).toEqual([first?.key, first?.body]);
    expect(await then.bindings(handler)).toMatchObject([{ status: 'active', wrk_workflow_id: 'wf_1' }]);
    expect(handler.fake.workflows()).toHaveLength(1);
  });

  it('in the call costs the build none of its four calls', async () => {
    const handler = openOrchestration();
    await given.requestedBuild(handler);
    for (let times = 0; times < 3; times += 1) {
      const stop = new AbortController();
      handler.whileCalled.push(async () => stop.abort());
      await handler.run(await handler.claim(), { signal: stop.signal });
    }
    handler.fake.script(...[1, 2, 3].map(() => wrkBehaviour.answers(503)));
    for (let call = 0; call < 4; call += 1) {
      await handler.run(await handler.claim());
      handler.passTime(60_000);
    }
    expect(await then.bindings(handler)).toMatchObject([{ status: 'active' }]);
  });
});

describe('a build whose last call may have made the workflow', () => {
  /** The first call made it, and the answer was lost. */
  const afterLostAnswer = async (handler: ReturnType<typeof openOrchestration>) => {
    handler.fake.script(wrkBehaviour.createsThenDrops());
    const project = await given.requestedBuild(handler);
    await handler.run(await handler.claim());
    expect(await then.calls(handler)).toMatchObject([{ outcome: 'unknown' }]);
    handler.passTime(60_000);
    return project;
  };

  it('is looked up first where WRK can be asked, and found without another call', async () => {
    const handler = openOrchestration(LOOKUP);
    await afterLostAnswer(handler);
    expect(handler.fake.lookups(), 'there was nothing to look for before').toBe(0);
    await handler.run(await handler.claim());
    expect([handler.fake.lookups(), handler.fake.calls().length]).toEqual([1, 1]);
    expect(await then.bindings(handler)).toMatchObject([{ status: 'active', wrk_workflow_id: 'wf_1' }]);
  });

  it('is called for again where the lookup finds nothing', async () => {
    const handler = openOrchestration(LOOKUP);
    await afterLostAnswer(handler);
    handler.fake.scriptLookups({ kind: 'absent' });
    await handler.run(await handler.claim());
    expect([handler.fake.lookups(), handler.fake.calls().length]).toEqual([1, 2]);
    expect(await then.bindings(handler)).toMatchObject([{ status: 'active', wrk_workflow_id: 'wf_2' }]);
  });

  it('is not called for while the lookup fails: it stays unknown, and the build ends after its four', async () => {
    const handler = openOrchestration(LOOKUP);
    await afterLostAnswer(handler);
    handler.fake.scriptLookups(...[1, 2, 3].map(() => ({ kind: 'failed', detail: 'WRK is down' }) as const));
    for (let lookup = 0; lookup < 3; lookup += 1) {
      await handler.run(await handler.claim());
      handler.passTime(60_000);
    }
    expect(handler.fake.calls()).toHaveLength(1);
    expect(await then.calls(handler)).toMatchObject(
      [1, 2, 3, 4].map((number) => ({ number, outcome: 'unknown' })),
    );
    expect(await then.bindings(handler)).toMatchObject([
      { status: 'error', error_reason: 'wrk_api_error', error_details: { detail: 'WRK is down' } },
    ]);
    expect(handler.answers.at(-1)).toEqual({ kind: 'api_error', retryAfterMs: null, detail: 'WRK is down' });
  });

  it('is looked up under its own reference and tenant', async () => {
    const handler = openOrchestration(LOOKUP);
    const { tenantId, bindingId } = await afterLostAnswer(handler);
    const asked: unknown[] = [];
    const build = await handler.claim();
    const { wrk } = handler.deps;
    await handler.run(build, {
      wrk: {
        ...wrk,
        findWorkflow: async ({ signal: _, mayBegin: __, ...query }) => {
          asked.push(query);
          return { kind: 'absent' };
        },
      },
    });
    expect(asked).toEqual([
      { tenantId, reference: bindingId, requestId: build.binding.requestId, besides: null },
    ]);
  });
});

describe('a step that needs no call', () => {
  const archive = (handler: ReturnType<typeof openOrchestration>, id: string, status: string) =>
    handler.store.host.update('automationVersions', id, { status });

  it('ends the build without one', async () => {
    const handler = openOrchestration();
    const { versionId } = await given.requestedBuild(handler);
    await archive(handler, versionId, 'Archived');
    await handler.run(await handler.claim());
    expect(await then.bindings(handler)).toMatchObject([{ status: 'error', error_reason: 'not_buildable' }]);
    expect(await then.calls(handler)).toMatchObject([{ outcome: 'not_sent' }]);
    expect([handler.fake.calls(), handler.answers]).toEqual([[], []]);
  });

  it('gives the build back when new facts want a call after all', async () => {
    const handler = openOrchestration();
    const { versionId } = await given.requestedBuild(handler);
    await archive(handler, versionId, 'Archived');
    const build = await handler.claim();
    await archive(handler, versionId, 'Build in Progress');
    await handler.run(build);
    expect(handler.decisions.map(({ binding }) => binding?.status)).toEqual(['error', 'pending']);
    expect(await then.calls(handler)).toMatchObject([
      { outcome: 'not_sent', detail: expect.stringContaining('changed') },
    ]);
    expect(handler.fake.calls()).toEqual([]);
    await handler.run(await handler.claim());
    expect(await then.bindings(handler)).toMatchObject([{ status: 'active' }]);
  });

  it('is taken all the same when the process stops', async () => {
    const handler = openOrchestration();
    const { versionId } = await given.requestedBuild(handler);
    await archive(handler, versionId, 'Archived');
    await handler.run(await handler.claim(), { signal: ABORTED });
    expect(await then.bindings(handler)).toMatchObject([{ status: 'error', error_reason: 'not_buildable' }]);
  });
});
