import { ok } from 'neverthrow';
import { expect } from 'vitest';
import { BUILD_REQUESTS, buildRequestMessage } from '../../../core/build/messages.js';
import type { BuildReference } from '../../../ports/repository.js';
import type { SweepCursor } from '../../../ports/sweep.js';
import { completedDecision, deferredDecision, failedDecision } from '../../decision-builders.js';
import type { StorageHarness } from '../../storage-harness.js';
import { capabilityOf } from '../support/capability-of.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** What the sweep finds: builds that wait and that nothing will wake. */
export const strandedCases: readonly StorageCase[] = [
  {
    name: 'a build that is pending and due without a message is stranded, with all that a new message needs',
    run: async (store) => {
      const build = await given.build(store);
      const found = await when.findStranded(store);
      expect(found).toEqual([{ ...build, requestId: 'request-first', priority: 3 }]);
    },
  },
  {
    name: 'a build with a message is not stranded, now or later or in flight, and is again once that is settled',
    run: async (store) => {
      const build = await given.build(store);
      await when.enqueue(store, wakeUp(build, when.LONG_MS));
      expect(await stranded(store)).toEqual([]);
      await when.enqueue(store, wakeUp(build, 0));
      expect(await stranded(store)).toEqual([]);
      const messages = await store.queue.claim(BUILD_REQUESTS, { limit: 10, leaseMs: when.LONG_MS });
      expect(messages).toHaveLength(1);
      expect(await stranded(store)).toEqual([]);
      await store.queue.acknowledge(messages);
      expect(await stranded(store)).toEqual([build.bindingId]);
    },
  },
  {
    name: 'a dead letter wakes nobody: its build is stranded',
    run: async (store) => {
      const build = await given.build(store);
      await when.enqueue(store, wakeUp(build, 0));
      const messages = await store.queue.claim(BUILD_REQUESTS, { limit: 10, leaseMs: when.LONG_MS });
      for (const message of messages) await store.queue.deadLetter(message, 'poison');
      expect(await stranded(store)).toEqual([build.bindingId]);
    },
  },
  {
    name: 'a build is stranded only once its lease has run out',
    run: async (store) => {
      const held = await given.build(store, { name: 'held' });
      const lost = await given.build(store, { name: 'lost' });
      await when.claim(store, held);
      await when.claim(store, lost, when.SHORT_MS);
      await when.timePasses(store);
      expect(await stranded(store)).toEqual([lost.bindingId]);
    },
  },
  {
    name: 'a build that is not due, or not pending, is not stranded',
    run: async (store) => {
      const [later, failed, active] = [
        await when.claim(store, await given.build(store, { name: 'later' })),
        await when.claim(store, await given.build(store, { name: 'failed' })),
        await when.claim(store, await given.build(store, { name: 'active' })),
      ];
      await when.save(store, deferredDecision(later, { runInMs: when.LONG_MS }));
      await when.save(store, failedDecision(failed), completedDecision(active));
      expect(await stranded(store)).toEqual([]);
    },
  },
  {
    name: 'those that have waited longest come first, whatever was written last, and in however many looks',
    run: async (store) => {
      const waiting: BuildReference[] = [];
      for (const name of ['c', 'a', 'b']) {
        waiting.push(await given.build(store, { name }));
        await store.passTime(5);
      }
      await when.claim(store, then.present(waiting[0]), when.SHORT_MS);
      await when.timePasses(store);
      const longestFirst = waiting.map((build) => build.bindingId);
      expect(await stranded(store)).toEqual(longestFirst);
      for (const limit of [1, 2, 3, 4]) expect(await stranded(store, limit)).toEqual(longestFirst);
    },
  },
  {
    name: 'no more are looked at than asked for, found or not, and the place says where to go on',
    run: async (store) => {
      const [first] = (await given.builds(store, ['a', 'b'])).map(then.present);
      await when.enqueue(store, wakeUp(then.present(first), when.LONG_MS));
      await store.passTime(5);
      const last = await given.build(store, { name: 'c' });
      const look = (cursor: SweepCursor | null, limit: number) =>
        when.commit(store, (tx) => capabilityOf(store, 'sweep').findStranded(tx, { limit, cursor }));
      const two = await look(null, 2);
      expect([two.builds.length, two.nextCursor?.dueAt]).toEqual([1, expect.any(String)]);
      const rest = await look(two.nextCursor, 2);
      expect(rest.builds).toMatchObject([last]);
      expect(rest.nextCursor, 'the end').toBeNull();
    },
  },
  {
    name: 'those that were accepted in one moment are all found, one after the other',
    run: async (store) => {
      const decisions = [];
      for (const name of ['a', 'b', 'c', 'd', 'e'])
        decisions.push(await given.acceptance(store, await given.project(store, { name })));
      await when.save(store, ...decisions);
      const ids = decisions.map(({ bindingId }) => bindingId).toSorted();
      for (const limit of [1, 2, 10]) expect((await stranded(store, limit)).toSorted()).toEqual(ids);
    },
  },
  {
    name: 'a build that people carry out is not claimable, and not stranded without a message',
    run: async (store) => {
      const decision = await given.acceptance(store, await given.project(store));
      const manual = decision.binding && { ...decision.binding, orchestration: 'manual' as const };
      await when.save(store, { ...decision, binding: manual });
      expect(await store.repository.claimBuilds([decision], { leaseMs: when.LONG_MS })).toEqual([null]);
      expect(await when.findStranded(store)).toEqual([]);
    },
  },
  {
    name: 'what one transaction has found no other finds until it ends, and nobody waits',
    concurrent: true,
    run: async (store) => {
      for (const name of ['a', 'b', 'c']) await given.build(store, { name });
      await store.repository.transaction(async (tx) => {
        const { builds: mine } = await capabilityOf(store, 'sweep').findStranded(tx, {
          limit: 2,
          cursor: null,
        });
        const others = await when.findStranded(store);
        expect([mine.length, others.length]).toEqual([2, 1]);
        const all = [...mine, ...others].map(({ bindingId }) => bindingId);
        expect(new Set(all).size).toBe(3);
        return ok(undefined);
      });
      expect(await when.findStranded(store), 'it ended without waking them').toHaveLength(3);
    },
  },
];

function wakeUp({ tenantId, bindingId }: BuildReference, delayMs: number) {
  return buildRequestMessage({ tenantId, bindingId, requestId: 'request-first', priority: 0 }, delayMs);
}

async function stranded<Tx>(store: StorageHarness<Tx>, limit = 10): Promise<readonly string[]> {
  const found = await when.findStranded(store, { limit });
  return found.map((build) => build.bindingId);
}
