import { ok } from 'neverthrow';
import { expect } from 'vitest';
import type { BuildDecision } from '../../../core/build/decision.js';
import type { Adoption } from '../../../core/build/facts.js';
import { nextBinding, unchanged } from '../../../core/orchestration/change-build.js';
import type { BuildReference } from '../../../ports/repository.js';
import { stableId } from '../../builders.js';
import { completedDecision, lateAnswerDecision } from '../../decision-builders.js';
import type { StorageHarness } from '../../storage-harness.js';
import { capabilityOf } from '../support/capability-of.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** Who holds a workflow, and that somebody else may have it afterwards. */
export const holderCases: readonly StorageCase[] = [
  {
    name: 'the build that holds a workflow is found, whoever its tenant is, until it gives the workflow up',
    run: async (store) => {
      const theirs = await given.build(store, { tenantId: stableId('another tenant') });
      const ours = await given.build(store);
      await when.save(store, await adopted(store, theirs));
      expect((await then.build(store, theirs)).binding.adoption).toEqual(ADOPTION);
      expect(await find(store, 'wf-1')).toEqual(theirs);
      expect(await find(store, "wf-1' or true --")).toBeNull();

      expect(await when.save(store, await givenUp(store, theirs))).toEqual(['ok']);
      expect((await then.build(store, theirs)).binding).toMatchObject({
        status: 'error',
        workflowId: null,
        adoption: null,
      });
      expect(await find(store, 'wf-1')).toBeNull();
      const claimed = await when.claim(store, ours);
      expect(await when.save(store, completedDecision(claimed, { workflowId: 'wf-1' }))).toEqual(['ok']);
      expect((await then.build(store, ours)).binding.adoption).toBeNull();
      expect(await find(store, 'wf-1')).toEqual(ours);
    },
  },
  {
    name: 'a workflow that only a call has brought is held by nobody',
    run: async (store) => {
      const claimed = await when.claim(store, await given.build(store));
      await when.save(store, lateAnswerDecision(claimed));
      expect(await find(store, `late-${claimed.call.id}`)).toBeNull();
    },
  },
  {
    name: 'what an open transaction gives up is still held',
    concurrent: true,
    run: async (store) => {
      const build = await given.build(store);
      await when.save(store, await adopted(store, build));
      const decision = await givenUp(store, build);
      await store.repository.transaction(async (tx) => {
        expect(await store.repository.save(tx, [decision])).toEqual(['ok']);
        expect(await find(store, 'wf-1')).toEqual(build);
        return ok(undefined);
      });
      expect(await find(store, 'wf-1')).toBeNull();
    },
  },
];

const find = <Tx>(store: StorageHarness<Tx>, workflowId: string) =>
  capabilityOf(store, 'workflowHolders').findHolder(workflowId);

const ADOPTION: Adoption = { completedTasks: [{ taskId: stableId('task'), statusBefore: 'In Review' }] };

/** The decision to complete a build with a workflow that a person gave it. */
async function adopted<Tx>(store: StorageHarness<Tx>, build: BuildReference): Promise<BuildDecision> {
  const decision = completedDecision(await when.claim(store, build), { workflowId: 'wf-1' });
  return { ...decision, binding: decision.binding && { ...decision.binding, adoption: ADOPTION } };
}

/** The decision to take it from the build again. */
async function givenUp<Tx>(store: StorageHarness<Tx>, build: BuildReference): Promise<BuildDecision> {
  const facts = await then.build(store, build);
  return {
    ...unchanged(facts, stableId('given up', build.bindingId)),
    binding: nextBinding(facts.binding, {
      status: 'error',
      errorReason: 'adoption_undone',
      workflowId: null,
      workflowUrl: null,
    }),
  };
}
