import { getEventListeners } from 'node:events';
import { expect } from 'vitest';
import { wrkBehaviour } from '../../wrk/fake-wrk-behaviour.js';
import { answerTo, type ContractCase, callFor, created, queryFor } from '../support/wrk-case.js';

/** That every call ends, whatever the network and the caller do, and how a workflow is found afterwards. */
export const ENDINGS: readonly ContractCase[] = [
  ...(['createsThenDrops', 'createsThenResets', 'createsThenCuts'] as const).map(
    (name): ContractCase => ({
      title: `takes a connection that breaks (${name}) as network_failure; the same key then gives the workflow`,
      run: async (harness) => {
        expect(await answerTo(harness, wrkBehaviour[name]())).toMatchObject({ kind: 'network_failure' });
        expect(await answerTo(harness, wrkBehaviour.creates())).toMatchObject(created(1));
        expect(harness.fake.workflows()).toHaveLength(1);
      },
    }),
  ),
  ...(['hangs', 'createsThenHangs', 'createsThenDrips'] as const).map(
    (name): ContractCase => ({
      title: `ends a call that WRK never ends (${name}) as network_failure at the deadline`,
      deadlineMs: 150,
      run: async ({ fake, client }) => {
        fake.script(wrkBehaviour[name]());
        expect(await client.createWorkflow(callFor())).toMatchObject({ kind: 'network_failure' });
      },
    }),
  ),
  ...(['hangs', 'createsThenDrips'] as const).map(
    (name): ContractCase => ({
      title: `ends a call (${name}) as aborted when the caller hangs up`,
      run: async (harness) => {
        const caller = new AbortController();
        const answer = answerTo(harness, wrkBehaviour[name](), callFor({ signal: caller.signal }));
        await expect.poll(() => harness.fake.calls().length, { timeout: 30_000 }).toBe(1);
        caller.abort();
        expect(await answer).toMatchObject({ kind: 'aborted' });
      },
    }),
  ),
  {
    title: 'ends every call of a caller that hangs up on many',
    run: async ({ fake, client }) => {
      const caller = new AbortController();
      fake.otherwise(wrkBehaviour.hangs);
      const answers = Array.from({ length: 15 }, () =>
        client.createWorkflow(callFor({ signal: caller.signal })),
      );
      await expect.poll(() => fake.calls().length, { timeout: 30_000 }).toBe(15);
      caller.abort();
      expect(new Set((await Promise.all(answers)).map((answer) => answer.kind))).toEqual(
        new Set(['aborted']),
      );
    },
  },
  {
    title: 'sends nothing for a caller that has hung up already',
    run: async ({ fake, client }) => {
      const answer = await client.createWorkflow(callFor({ signal: AbortSignal.abort() }));
      expect(answer).toMatchObject({ kind: 'not_begun' });
      expect(fake.calls()).toEqual([]);
    },
  },
  {
    title: 'sends nothing where too little of the lease is left, and asks before each call',
    run: async ({ fake, client }) => {
      const answer = await client.createWorkflow(callFor({ mayBegin: () => false }));
      expect(answer).toMatchObject({ kind: 'not_begun', retryInMs: 0 });
      expect(fake.calls()).toEqual([]);
      await client.createWorkflow(callFor());
      expect(await client.createWorkflow(callFor({ mayBegin: () => false }))).toMatchObject({
        kind: 'not_begun',
      });
      expect(fake.calls()).toHaveLength(1);
    },
  },
  {
    title: 'lets go of a signal that outlives the call',
    run: async (harness) => {
      const { signal } = new AbortController();
      for (const behaviour of [wrkBehaviour.creates(), wrkBehaviour.answers(500), wrkBehaviour.drops()]) {
        await answerTo(harness, behaviour, callFor({ signal }));
      }
      expect(getEventListeners(signal, 'abort')).toEqual([]);
    },
  },
  {
    title: 'finds the workflow of a reference, and says so where there is none or it is another tenant’s',
    duplicates: { by: 'lookup', settleMs: 0 },
    run: async (harness) => {
      const query = queryFor();
      expect(await harness.client.findWorkflow(query)).toEqual({ kind: 'absent' });
      await answerTo(harness, wrkBehaviour.createsThenDrops());
      expect(await harness.client.findWorkflow(query)).toEqual({ ...created(1), kind: 'found' });
      expect(await harness.client.findWorkflow({ ...query, tenantId: 'tenant-b' })).toEqual({
        kind: 'absent',
      });
    },
  },
  {
    title:
      'finds the other workflow of a reference that has two, and the one that is held where there is no other',
    duplicates: { by: 'lookup', settleMs: 0 },
    run: async (harness) => {
      await answerTo(harness, wrkBehaviour.creates());
      const besides = 'wf_1';
      expect(await harness.client.findWorkflow(queryFor({ besides }))).toMatchObject({ workflowId: 'wf_1' });
      await answerTo(harness, wrkBehaviour.creates());
      expect(await harness.client.findWorkflow(queryFor({ besides }))).toEqual({
        ...created(2),
        kind: 'found',
      });
    },
  },
  {
    title: 'looks nothing up where too little of the lease is left',
    duplicates: { by: 'lookup', settleMs: 0 },
    run: async ({ fake, client }) => {
      expect(await client.findWorkflow(queryFor({ mayBegin: () => false }))).toMatchObject({
        kind: 'failed',
      });
      expect(fake.lookups()).toBe(0);
    },
  },
  {
    title: 'says that a lookup failed where WRK offers none',
    run: async ({ client, fake }) => {
      const query = queryFor();
      expect(await client.findWorkflow(query)).toMatchObject({ kind: 'failed' });
      expect(fake.lookups()).toBe(0);
    },
  },
];
