import { describe, expect, it } from 'vitest';
import { queryFor } from '../../../src/testing/contracts/support/wrk-case.js';
import { createFakeWrk } from '../../../src/testing/wrk/fake-wrk.js';
import { wrkBehaviour } from '../../../src/testing/wrk/fake-wrk-behaviour.js';
import { fakeWrkClient } from '../../../src/testing/wrk/fake-wrk-client.js';
import { startFakeWrkServer } from '../../../src/testing/wrk/fake-wrk-server.js';
import { callFor } from './raw-server.js';

const byKey = { by: 'idempotency-key' } as const;
const otherBody = '{"name":"Receipts","blueprint":{},"tenant_id":"tenant-a"}';

describe('the fake WRK', () => {
  it('reports other bytes under a known key, and answers them with a 422', async () => {
    const fake = createFakeWrk();
    const client = fakeWrkClient(fake, { duplicates: byKey });
    await client.createWorkflow(callFor());
    expect(await client.createWorkflow(callFor({ body: otherBody }))).toMatchObject({ kind: 'rejected' });
    expect(fake.violations()).toEqual(['call 2 sent other bytes under the key of an earlier call']);
    expect(fake.workflows()).toHaveLength(1);
    expect(fake.calls().map((call) => call.behaviour)).toEqual([wrkBehaviour.creates(), null]);
  });

  it('still reports them after it forgot the key, and makes another workflow', async () => {
    const fake = createFakeWrk();
    const client = fakeWrkClient(fake, { duplicates: byKey });
    await client.createWorkflow(callFor());
    fake.forgetKeys();
    expect(await client.createWorkflow(callFor({ body: otherBody }))).toMatchObject({ workflowId: 'wf_2' });
    expect(fake.violations()).toHaveLength(1);
  });

  it('counts duplicates where it honours no keys', async () => {
    const fake = createFakeWrk({ honoursKeys: false });
    const client = fakeWrkClient(fake, { duplicates: byKey });
    await client.createWorkflow(callFor());
    await client.createWorkflow(callFor());
    await client.createWorkflow(callFor({ reference: 'binding-2', idempotencyKey: 'other' }));
    expect(fake.workflowsByReference()).toEqual(
      new Map([
        ['binding-1', 2],
        ['binding-2', 1],
      ]),
    );
    expect(fake.violations()).toEqual([]);
  });

  it('replays an old failure under its key until it forgets, where told to', async () => {
    const fake = createFakeWrk({ replaysFailures: true });
    const client = fakeWrkClient(fake, { duplicates: byKey });
    fake.script(wrkBehaviour.answers(500));
    expect(await client.createWorkflow(callFor())).toMatchObject({ kind: 'api_error' });
    expect(await client.createWorkflow(callFor())).toMatchObject({ kind: 'api_error' });
    expect(await client.createWorkflow(callFor({ idempotencyKey: 'fresh' }))).toMatchObject({
      kind: 'created',
    });
    fake.forgetKeys();
    expect(await client.createWorkflow(callFor())).toMatchObject({ kind: 'created' });
  });

  it('takes unscripted calls by its rule, which sees the call', async () => {
    const fake = createFakeWrk({ now: () => 42, keepsBodies: true });
    const client = fakeWrkClient(fake, { duplicates: byKey });
    fake.otherwise((call) => (call.number === 2 ? wrkBehaviour.answers(403) : wrkBehaviour.creates()));
    fake.script(wrkBehaviour.answers(429));
    const kinds = [];
    for (let call = 0; call < 3; call += 1) kinds.push((await client.createWorkflow(callFor())).kind);
    expect(kinds).toEqual(['not_now', 'access_denied', 'created']);
    expect(fake.calls()[0]).toMatchObject({ number: 1, at: 42, tenantId: 'tenant-a', body: callFor().body });
  });

  it('answers scripted lookups first, and then looks', async () => {
    const fake = createFakeWrk();
    const client = fakeWrkClient(fake, { duplicates: { by: 'lookup', settleMs: 0 } });
    await client.createWorkflow(callFor());
    fake.scriptLookups({ kind: 'failed', detail: 'HTTP 502' }, { kind: 'absent' });
    const kinds = [];
    for (let lookup = 0; lookup < 3; lookup += 1) kinds.push((await client.findWorkflow(queryFor())).kind);
    expect(kinds).toEqual(['failed', 'absent', 'found']);
    expect(await client.findWorkflow(queryFor({ signal: AbortSignal.abort() }))).toMatchObject({
      kind: 'failed',
    });
    expect(fake.lookups()).toBe(3);
  });

  it.each(['', 'x', '[]', '{"name":"a","blueprint":{}}', '{"name":1,"blueprint":{},"tenant_id":"t"}'])(
    'refuses the body %j as a WRK would',
    async (body) => {
      const fake = createFakeWrk();
      const answer = await fakeWrkClient(fake, { duplicates: byKey }).createWorkflow(callFor({ body }));
      expect(answer).toMatchObject({
        kind: 'rejected',
        findings: [expect.stringContaining('the body is not')],
      });
      expect(fake.workflows()).toEqual([]);
    },
  );

  it('lets a simulation pass the time itself: for latency, and for a call that never ends', async () => {
    const fake = createFakeWrk({ latencyMs: 20_000 });
    const slept: number[] = [];
    const sleep = async (ms: number) => void slept.push(ms);
    const client = fakeWrkClient(fake, { duplicates: byKey, sleep });
    fake.script(wrkBehaviour.creates(), wrkBehaviour.createsThenHangs());
    expect(await client.createWorkflow(callFor())).toMatchObject({ kind: 'created' });
    expect(await client.createWorkflow(callFor())).toMatchObject({ kind: 'network_failure' });
    expect(slept).toEqual([20_000, 30_000]);
  });

  it('serves its one route over HTTP, after its latency, and to those who send JSON', async () => {
    const fake = createFakeWrk({ latencyMs: 5 });
    const server = await startFakeWrkServer(fake);
    const route = `${server.url}/wrk-api/workflows`;
    const post = (init: RequestInit) => fetch(route, { method: 'POST', body: callFor().body, ...init });
    expect((await fetch(route)).status).toBe(404);
    expect((await fetch(server.url, { method: 'POST' })).status).toBe(404);
    expect((await post({ headers: { 'content-type': 'text/plain' } })).status).toBe(415);
    const made = await post({
      headers: { 'content-type': 'application/json', 'x-wrk-builds-reference': '100%' },
    });
    expect(await made.json()).toMatchObject({
      workflow_id: 'wf_1',
      tenant_id: 'tenant-a',
      reference: '100%',
    });
    await server.close();
    await expect(fetch(route)).rejects.toThrow();
  });
});
