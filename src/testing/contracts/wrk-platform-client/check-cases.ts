import { expect } from 'vitest';
import { wrkBehaviour } from '../../wrk/fake-wrk-behaviour.js';
import { answerTo, bodyFor, type ContractCase, callFor, TENANT } from '../support/wrk-case.js';

/** What a client that verifies says of workflows that people name. One that does not has nothing to pass here. */
export const CHECKS: readonly ContractCase[] = [
  {
    title:
      'B2 verifies a workflow for its tenant, and tells another tenant no more than of one that is missing',
    run: async (harness) => {
      const { verifyWorkflow } = harness.client;
      if (!verifyWorkflow) return;
      await answerTo(harness, wrkBehaviour.creates(), callFor({ body: bodyFor(TENANT) }));
      const check = (tenantId: string, workflowId: string) =>
        verifyWorkflow({ tenantId, workflowId, signal: new AbortController().signal });
      expect(await check(TENANT, 'wf_1')).toEqual({ kind: 'verified' });
      expect(await check('tenant-b', 'wf_1')).toEqual({ kind: 'not_found' });
      expect(await check(TENANT, 'wf_501')).toEqual({ kind: 'not_found' });
    },
  },
  {
    title: 'B2 has failed, and never verified, where it was stopped',
    run: async ({ client }) => {
      const query = { tenantId: TENANT, workflowId: 'wf_1', signal: AbortSignal.abort() };
      const check = await client.verifyWorkflow?.(query);
      expect(check ?? { kind: 'failed' }).toMatchObject({ kind: 'failed' });
    },
  },
];
