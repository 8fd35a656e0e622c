import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { memoryStorage } from '../../src/adapters/memory/index.js';
import type { DuplicatePolicy } from '../../src/core/orchestration/wrk-answer.js';
import { createFakeWrk } from '../../src/testing/wrk/fake-wrk.js';
import { type FakeWrkBehaviour, wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import type { FakeWrkOptions } from '../../src/testing/wrk/fake-wrk-records.js';
import { startFakeWrkServer } from '../../src/testing/wrk/fake-wrk-server.js';
import { portOf, serve, WORKFLOW } from '../adapters/wrk-http/raw-server.js';
import * as given from '../support/given.js';
import * as then from '../support/then.js';
import { until } from '../support/until.js';
import * as when from '../support/when.js';
import { openFaultyApp, TO_OPS } from './support/faulty-app.js';

const byKey = { by: 'idempotency-key' } as const;
const byLookup = { by: 'lookup', settleMs: 0 } as const;
const orStop = { by: 'nothing', onUnknownOutcome: 'stop' } as const;
const orRetry = { by: 'nothing', onUnknownOutcome: 'retry' } as const;

const open = (kind?: FakeWrkOptions) => openFaultyApp(memoryStorage(), kind);

/** Accepts one build and works on it until it has ended, against a WRK that takes the first calls so. */
async function build(
  behaviours: readonly FakeWrkBehaviour[],
  options: Parameters<Awaited<ReturnType<typeof open>>['another']>[0] = {},
  kind: FakeWrkOptions = {},
) {
  const app = await open({ honoursKeys: (options.duplicates ?? byKey).by === 'idempotency-key', ...kind });
  app.fake.script(...behaviours);
  const { bindingId } = await given.requestedBuild(app);
  const process = app.another(options);
  const workers = when.startBuilds(process);
  await until(() => then.count(process, 'build_completed') + then.count(process, 'build_failed') > 0);
  await workers.stop();
  const binding = await then.binding(app, bindingId);
  const made = then.workflows(app)[bindingId] ?? 0;
  expect(app.fake.violations()).toEqual([]);
  return { app, process, binding, bindingId, made, calls: await then.calls(app, bindingId) };
}

const times = (count: number, behaviour: FakeWrkBehaviour) => Array.from({ length: count }, () => behaviour);

describe('a call whose end nobody saw', () => {
  const lost = {
    'the answer never comes': wrkBehaviour.createsThenHangs(),
    'the connection is reset': wrkBehaviour.createsThenResets(),
    'the connection closes': wrkBehaviour.createsThenDrops(),
    'the answer is truncated': wrkBehaviour.createsThenCuts(),
  };
  for (const [what, behaviour] of Object.entries(lost)) {
    for (const duplicates of [byKey, byLookup]) {
      it(`row 15: WRK creates and ${what}, by ${duplicates.by}: one workflow, and the build is active`, async () => {
        const { process, binding, made, app } = await build([behaviour], {
          duplicates,
          impatient: 1,
        });
        expect(then.answers(process)).toEqual(['network_failure', 'created']);
        expect(app.fake.calls()[0]?.behaviour).toEqual(behaviour);
        expect(app.fake.calls()).toHaveLength(duplicates.by === 'lookup' ? 1 : 2);
        expect([binding?.status, binding?.wrk_workflow_id, made]).toEqual(['active', 'wf_1', 1]);
      });
    }
  }
});

describe('a WRK that is not reached', () => {
  const closedPort = async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const port = portOf(server.address());
    await new Promise((resolve) => server.close(resolve));
    return port;
  };

  it.each([
    ['refuses connections', async () => `http://127.0.0.1:${await closedPort()}`],
    ['has a name that nobody knows', async () => 'http://wrk.invalid'],
  ])('row 21: a WRK that %s is tried again three times, and no more', async (_, address) => {
    const wrkUrl = await address();
    const { process, binding, made, calls } = await build([], { wrkUrl });
    expect(then.answers(process)).toEqual(times(4, wrkBehaviour.creates()).map(() => 'not_sent'));
    expect(calls.map((call) => call.outcome)).toEqual(['refused', 'refused', 'refused', 'refused']);
    expect(binding).toMatchObject({ status: 'error', error_reason: 'network_failure' });
    expect(made).toBe(0);
  });

  it('row 21: a WRK that comes back in time has the build made, once', async () => {
    const app = await open();
    const port = await closedPort();
    const { bindingId } = await given.requestedBuild(app);
    const back = createFakeWrk();
    let server: Awaited<ReturnType<typeof startFakeWrkServer>> | undefined;
    const process = app.another({
      wrkUrl: `http://127.0.0.1:${port}`,
      around: async (post, call) => {
        if (then.answers(process).length === 2) server = await startFakeWrkServer(back, { port });
        expect(call.reference).toBe(bindingId);
        return post();
      },
    });
    await when.workUntil(process, 'build_completed');
    await server?.close();
    expect(then.answers(process)).toEqual(['not_sent', 'not_sent', 'created']);
    expect([...back.workflowsByReference()]).toEqual([[bindingId, 1]]);
  });
});

describe('a WRK that fails', () => {
  const FAILS: Readonly<Record<string, FakeWrkBehaviour>> = {
    'a 500 after it created': wrkBehaviour.createsThenAnswers(500),
    'a reset after it created': wrkBehaviour.createsThenResets(),
    'silence after it created': wrkBehaviour.createsThenHangs(),
  };
  const POLICIES: readonly {
    readonly duplicates: DuplicatePolicy;
    readonly posts: number;
    readonly made: number;
    readonly status: string;
  }[] = [
    { duplicates: byKey, posts: 4, made: 1, status: 'error' },
    { duplicates: byLookup, posts: 1, made: 1, status: 'active' },
    { duplicates: orStop, posts: 1, made: 1, status: 'error' },
    // The flow to the letter, and what it risks.
    { duplicates: orRetry, posts: 4, made: 4, status: 'error' },
  ];
  for (const [what, behaviour] of Object.entries(FAILS)) {
    for (const { duplicates, posts, made, status } of POLICIES) {
      const named = duplicates.by === 'nothing' ? duplicates.onUnknownOutcome : duplicates.by;
      it(`row 22: ${what}, time and again, by ${named}: ${posts} calls, ${made} workflows, ${status}`, async () => {
        const got = await build(times(9, behaviour), {
          duplicates,
          impatient: what.startsWith('silence') ? 9 : 0,
        });
        expect(got.app.fake.calls().map((call) => call.behaviour)).toEqual(times(posts, behaviour));
        expect([got.made, got.binding?.status]).toEqual([made, status]);
        if (duplicates.by === 'nothing' && duplicates.onUnknownOutcome === 'stop')
          expect(got.binding?.error_reason).toBe('outcome_unknown');
      });
    }
  }

  it('row 22: three failures and then an answer end well at the fourth call', async () => {
    const { binding, made, app } = await build(times(3, wrkBehaviour.answers(502)));
    expect([app.fake.calls().length, binding?.status, made]).toEqual([4, 'active', 1]);
  });

  it('row 23: a WRK that replays an old 503 for a key: the run ends after four calls, and nothing is made twice', async () => {
    const replays = wrkBehaviour.replayed(wrkBehaviour.createsThenAnswers(503));
    const { binding, made, process, app } = await build([replays]);
    expect(app.fake.calls().map((call) => call.behaviour)).toEqual([replays, null, null, null]);
    expect(then.answers(process)).toEqual(['api_error', 'api_error', 'api_error', 'api_error']);
    expect(new Set(app.fake.calls().map((call) => call.key)).size, 'no fresh key unasked').toBe(1);
    expect([binding?.status, binding?.error_reason, made]).toEqual(['error', 'wrk_api_error', 1]);
  });

  it('row 23: where it can be looked up, an old 503 is looked through', async () => {
    const replays = wrkBehaviour.replayed(wrkBehaviour.createsThenAnswers(503));
    const { binding, made, app } = await build([replays], { duplicates: byLookup });
    expect([app.fake.calls().length, app.fake.lookups(), binding?.status, made]).toEqual([1, 1, 'active', 1]);
  });
});

describe('a blueprint that WRK refuses', () => {
  it.each([400, 422])(
    'row 25: a %i ends the run at once: no retry, ops told once, findings kept',
    async (status) => {
      const refuses = wrkBehaviour.answers(status, {
        body: { message: 'Invalid blueprint', errors: [{ path: 'nodes.0', message: 'no such system' }] },
      });
      const { app, binding, bindingId, made, calls } = await build(times(3, refuses));
      expect(app.fake.calls().map((call) => call.behaviour)).toEqual([refuses]);
      const findings = ['Invalid blueprint', 'nodes.0: no such system'];
      expect(binding).toMatchObject({
        status: 'error',
        error_reason: 'blueprint_rejected',
        error_details: { findings },
      });
      expect(calls).toMatchObject([{ outcome: 'rejected', findings, http_status: status }]);
      expect(await then.addressees(app, 'build_failed')).toEqual(TO_OPS);
      expect(await app.another().builds.reconcile(), 'no sweep brings it back').toBe(0);
      expect([made, (await then.binding(app, bindingId))?.status]).toEqual([0, 'error']);
    },
  );
});

describe('a WRK that says the workflow exists', () => {
  it('row 27: its own, by the reference that WRK stored: adopted', async () => {
    const { binding, made, process, app } = await build(
      [wrkBehaviour.createsThenDrops()],
      {},
      { honoursKeys: false, refusesKnownReferences: true },
    );
    expect(then.answers(process)).toEqual(['network_failure', 'already_exists']);
    expect(app.fake.calls()).toHaveLength(2);
    expect([binding?.status, binding?.wrk_workflow_id, made]).toEqual(['active', 'wf_1', 1]);
  });

  it('row 27: its own, still in the making and therefore without a name: asked for again under the same key', async () => {
    const { binding, made, process, app } = await build([
      wrkBehaviour.createsThenResets(),
      wrkBehaviour.answers(409, { body: { message: 'a request with this key is under way' } }),
    ]);
    expect(then.answers(process)).toEqual(['network_failure', 'already_exists', 'created']);
    expect(new Set(app.fake.calls().map((call) => call.key)).size).toBe(1);
    expect([binding?.status, binding?.wrk_workflow_id, made]).toEqual(['active', 'wf_1', 1]);
  });

  it('row 27: its own, found by lookup after a 409 that names nothing', async () => {
    const { binding, made, process } = await build([wrkBehaviour.createsThenAnswers(409)], {
      duplicates: byLookup,
    });
    expect(then.answers(process)).toEqual(['already_exists', 'created']);
    expect([binding?.status, made]).toEqual(['active', 1]);
  });

  it.each([
    [
      'of another reference',
      { workflow_id: 'wf_9', workflow_url: 'https://app.wrk.example/9', reference: 'theirs' },
    ],
    ['without a name', { message: 'a workflow of this name exists' }],
  ])('row 27: one %s is not taken: error, and nobody else’s workflow is touched', async (_, body) => {
    const { binding, made, process, app } = await build(times(2, wrkBehaviour.answers(409, { body })));
    expect(then.answers(process)).toEqual(['already_exists']);
    expect(binding).toMatchObject({
      status: 'error',
      error_reason: 'workflow_conflict',
      wrk_workflow_id: null,
    });
    expect([made, app.fake.calls().length]).toEqual([0, 1]);
  });

  it('row 27: one that another build holds is not taken, whatever reference it names', async () => {
    const app = await open();
    const first = await given.requestedBuild(app, 'first');
    await when.workUntil(app.another(), 'build_completed');
    const second = await given.requestedBuild(app, 'second');
    const body = {
      workflow_id: 'wf_1',
      workflow_url: 'https://app.wrk.example/workflows/wf_1',
      reference: second.bindingId,
    };
    app.fake.script(wrkBehaviour.answers(409, { body }));
    const process = app.another();
    await when.workUntil(process, 'build_failed');
    expect(then.answers(process)).toEqual(['already_exists']);
    expect(await then.binding(app, second.bindingId)).toMatchObject({ error_reason: 'workflow_conflict' });
    expect(await then.binding(app, first.bindingId)).toMatchObject({
      status: 'active',
      wrk_workflow_id: 'wf_1',
    });
    expect(then.workflows(app)).toEqual({ [first.bindingId]: 1 });
  });
});

describe('a success that cannot be used', () => {
  const says = (body: unknown) => wrkBehaviour.createsThenAnswers(201, { body });
  const url = 'https://app.wrk.example/workflows/wf_1';
  const UNUSABLE: Readonly<Record<string, FakeWrkBehaviour>> = {
    'no id': says({ workflow_url: url }),
    'bad JSON': wrkBehaviour.createsThenGarbles(),
    'a foreign tenant': says({ workflow_id: 'wf_1', workflow_url: url, tenant_id: 'somebody else' }),
    'a hostile URL': says({ workflow_id: 'wf_1', workflow_url: 'javascript:alert(1)' }),
  };
  for (const [what, behaviour] of Object.entries(UNUSABLE)) {
    it(`row 28: ${what} is never taken as success; by lookup the workflow is found`, async () => {
      const { binding, made, process, app } = await build([behaviour], { duplicates: byLookup });
      expect(then.answers(process)).toEqual(['unusable', 'created']);
      expect([binding?.status, binding?.wrk_workflow_url, made]).toEqual(['active', url, 1]);
      expect(app.fake.calls()).toHaveLength(1);
    });
    it(`row 28: ${what} is never taken as success; where nothing can be found out, a person is asked`, async () => {
      const { binding, made, process } = await build([behaviour], { duplicates: orStop });
      expect(then.answers(process)).toEqual(['unusable']);
      expect([binding?.status, binding?.error_reason, made]).toEqual(['error', 'outcome_unknown', 1]);
    });
  }
});

describe('an answer that is a trap', () => {
  it.each<[string, FakeWrkBehaviour, number, string]>([
    ['a body that drips is ended at the deadline', wrkBehaviour.createsThenDrips(), 1, 'network_failure'],
    ['a body without end is read to the cap', wrkBehaviour.createsThenFloods(), 0, 'unusable'],
    ['a body beyond the cap is not read', wrkBehaviour.createsThenPads(1_048_577), 0, 'unusable'],
  ])('row 29: %s, and the same key gives the workflow', async (_, behaviour, impatient, answer) => {
    const { binding, made, process, app } = await build([behaviour], { impatient });
    expect(then.answers(process)).toEqual([answer, 'created']);
    expect(app.fake.calls()[0]?.behaviour).toEqual(behaviour);
    expect([binding?.status, made]).toEqual(['active', 1]);
  });

  it('row 29: a body of just the cap is read', async () => {
    const { process, made } = await build([wrkBehaviour.createsThenPads(1_048_576)]);
    expect([then.answers(process), made]).toEqual([['created'], 1]);
  });

  it.each([301, 302, 303, 307, 308])('row 29: a redirect with %i is not followed', async (status) => {
    const trap = await serve((response) => response.writeHead(201).end(WORKFLOW));
    const redirects = wrkBehaviour.redirects(`${trap.url}/wrk-api/workflows`, status);
    const { binding, made, process, app } = await build([redirects]);
    expect(app.fake.calls()[0]?.behaviour).toEqual(redirects);
    expect(then.answers(process)).toHaveLength(2);
    expect([trap.seen.length, binding?.wrk_workflow_id, made]).toEqual([0, 'wf_1', 1]);
  });
});
