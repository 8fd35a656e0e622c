import { expect } from 'vitest';
import { wrkBehaviour } from '../../wrk/fake-wrk-behaviour.js';
import { answerTo, type ContractCase, callFor } from '../support/wrk-case.js';

/** What is kept of each call for ops to find it again at WRK. */
export const TRACES: readonly ContractCase[] = [
  {
    title: 'traces a success by its status and by WRK’s own name for the request',
    run: async (harness) => {
      await answerTo(harness, wrkBehaviour.creates());
      expect((await answerTo(harness, wrkBehaviour.creates())).trace).toEqual({
        httpStatus: 201,
        wrkRequestId: 'wrk_req_2',
      });
      expect(harness.fake.calls().map((call) => call.wrkRequestId)).toEqual(['wrk_req_1', 'wrk_req_2']);
    },
  },
  ...[204, 302, 307, 400, 401, 403, 409, 422, 429, 500, 503].map(
    (status): ContractCase => ({
      title: `traces a ${status} as well`,
      run: async (harness) =>
        expect((await answerTo(harness, wrkBehaviour.answers(status))).trace).toEqual({
          httpStatus: status,
          wrkRequestId: 'wrk_req_1',
        }),
    }),
  ),
  {
    title: 'traces a success whose body breaks off',
    run: async (harness) =>
      expect(await answerTo(harness, wrkBehaviour.createsThenCuts())).toMatchObject({
        kind: 'network_failure',
        trace: { httpStatus: 201, wrkRequestId: 'wrk_req_1' },
      }),
  },
  {
    title: 'traces a success whose body does not end before the deadline',
    deadlineMs: 150,
    run: async ({ fake, client }) => {
      fake.script(wrkBehaviour.createsThenDrips());
      expect(await client.createWorkflow(callFor())).toMatchObject({
        kind: 'network_failure',
        trace: { httpStatus: 201, wrkRequestId: 'wrk_req_1' },
      });
    },
  },
  {
    title: 'has nothing to trace where no answer came',
    run: async (harness) =>
      expect(await answerTo(harness, wrkBehaviour.drops())).not.toHaveProperty('trace.httpStatus'),
  },
  {
    title: 'keeps WRK’s name for the request to one line of 200 characters, and to none where it is blank',
    run: async (harness) => {
      const named = (name: string) => wrkBehaviour.answers(500, { headers: { 'x-request-id': name } });
      const { trace } = await answerTo(harness, named(`one\ttwo ${'x'.repeat(500)}`));
      expect(trace?.wrkRequestId).toBe(`one two ${'x'.repeat(192)}`);
      expect((await answerTo(harness, named(' '))).trace).toEqual({ httpStatus: 500, wrkRequestId: null });
    },
  },
  {
    title: 'answers late, and stays the answer to its own call',
    run: async ({ fake, client }) => {
      fake.script(wrkBehaviour.delayed(60, wrkBehaviour.answers(503)), wrkBehaviour.creates());
      const late = client.createWorkflow(callFor());
      await expect.poll(() => fake.calls().length, { timeout: 30_000 }).toBe(1);
      const next = await client.createWorkflow(callFor({ reference: 'b', idempotencyKey: 'b' }));
      expect(next).toMatchObject({ kind: 'created', trace: { wrkRequestId: 'wrk_req_2' } });
      expect(await late).toMatchObject({ kind: 'api_error', trace: { wrkRequestId: 'wrk_req_1' } });
    },
  },
  {
    title: 'gets an old failure again from a WRK that stored it under the key, under another name',
    run: async (harness) => {
      await answerTo(harness, wrkBehaviour.replayed(wrkBehaviour.answers(503)));
      harness.fake.otherwise(wrkBehaviour.creates);
      expect(await harness.client.createWorkflow(callFor())).toMatchObject({
        kind: 'api_error',
        trace: { httpStatus: 503, wrkRequestId: 'wrk_req_2' },
      });
      expect(await harness.client.createWorkflow(callFor({ idempotencyKey: 'fresh' }))).toMatchObject({
        kind: 'created',
      });
    },
  },
  {
    title: 'makes a second workflow at a WRK that has forgotten the key',
    run: async (harness) => {
      await answerTo(harness, wrkBehaviour.forgotten(wrkBehaviour.createsThenResets()));
      expect(await answerTo(harness, wrkBehaviour.creates())).toMatchObject({ workflowId: 'wf_2' });
    },
  },
];
