import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { DuplicatePolicy } from '../../../core/orchestration/wrk-answer.js';
import { wrkBehaviour } from '../../wrk/fake-wrk-behaviour.js';
import { answerTo, bodyFor, type ContractCase, callFor, created, TENANT } from '../support/wrk-case.js';

const POLICIES: readonly DuplicatePolicy[] = [
  { by: 'idempotency-key' },
  { by: 'lookup', settleMs: 0 },
  { by: 'nothing', onUnknownOutcome: 'retry' },
];

/** What a client sends, and that a workflow made is the one it tells of. */
export const SENDING: readonly ContractCase[] = [
  {
    title: 'gives the id and the URL of the workflow that WRK made, from one request',
    run: async (harness) => {
      expect(await answerTo(harness, wrkBehaviour.creates())).toMatchObject(created(1));
      expect(harness.fake.workflows()).toMatchObject([{ id: 'wf_1', tenantId: TENANT, name: 'Invoices' }]);
    },
  },
  {
    title: 'sends the body byte for byte: big integers, odd spacing, escapes, characters of every size',
    run: async (harness) => {
      const body = bodyFor(TENANT, '{"big":12345678901234567890, "e":1.0E+2,\n"s":"\\u00e9é🧩\\/","big":-0}');
      await answerTo(harness, wrkBehaviour.creates(), callFor({ body }));
      const hash = createHash('sha256').update(body, 'utf8').digest('hex');
      expect(harness.fake.calls()).toMatchObject([{ bodyHash: hash, bodyBytes: Buffer.byteLength(body) }]);
    },
  },
  {
    title:
      'sends the reference, the build’s request id, the id of the call, and the key where WRK honours keys',
    run: async (harness) => {
      await answerTo(harness, wrkBehaviour.creates());
      expect(harness.fake.calls()).toMatchObject([
        { key: 'binding-1:hash-1', reference: 'binding-1', requestId: 'request-1', callId: 'call-1' },
      ]);
    },
  },
  {
    title: 'sends ids that no header can carry so that WRK gets them back',
    run: async (harness) => {
      const ids = ['бинд 1', 'b%31', '100%'];
      for (const id of ids) {
        await answerTo(
          harness,
          wrkBehaviour.creates(),
          callFor({ reference: id, idempotencyKey: `${id}:a` }),
        );
      }
      expect(harness.fake.calls().map((call) => call.reference)).toEqual(ids);
      expect(harness.fake.calls().map((call) => call.key)).toEqual(ids.map((id) => `${id}:a`));
    },
  },
  ...POLICIES.map(
    (duplicates): ContractCase => ({
      title: `says that duplicates are prevented by ${duplicates.by}, and sends a key only for keys`,
      duplicates,
      run: async (harness) => {
        expect(harness.client.duplicates).toStrictEqual(duplicates);
        await answerTo(harness, wrkBehaviour.creates());
        const key = duplicates.by === 'idempotency-key' ? 'binding-1:hash-1' : null;
        expect(harness.fake.calls()).toMatchObject([{ key, reference: 'binding-1' }]);
      },
    }),
  ),
  {
    title: 'gets the same workflow again under the same key, and WRK holds one',
    run: async (harness) => {
      expect(await answerTo(harness, wrkBehaviour.creates())).toMatchObject(created(1));
      expect(await answerTo(harness, wrkBehaviour.creates())).toMatchObject(created(1));
      expect(harness.fake.workflowsByReference()).toEqual(new Map([['binding-1', 1]]));
      expect(harness.fake.violations()).toEqual([]);
    },
  },
  {
    title: 'gives each of many calls at once its own answer',
    run: async ({ fake, client }) => {
      const numbers = Array.from({ length: 25 }, (_, index) => index + 1);
      const { signal } = new AbortController();
      const answers = await Promise.all(
        numbers.map((n) =>
          client.createWorkflow(
            callFor({ tenantId: `tenant-${n}`, idempotencyKey: `key-${n}`, reference: `ref-${n}`, signal }),
          ),
        ),
      );
      const ownerOf = new Map(fake.workflows().map((workflow) => [workflow.id, workflow.tenantId]));
      const owners = answers.map((answer) => answer.kind === 'created' && ownerOf.get(answer.workflowId));
      expect(owners).toEqual(numbers.map((n) => `tenant-${n}`));
    },
  },
];
