import { expect } from 'vitest';
import {
  completedDecision,
  deferredDecision,
  failedDecision,
  retriedDecision,
} from '../../decision-builders.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** Exactly one caller gets a build. */
export const claimCases: readonly StorageCase[] = [
  {
    name: 'a claim bumps the fence, opens a ledger row and gives the facts',
    run: async (store) => {
      const build = await given.build(store);
      const before = await then.build(store, build);
      const { call, ...claimed } = await when.claim(store, build);

      expect(before.isHeld).toBe(false);
      const binding = { ...before.binding, fence: before.binding.fence + 1 };
      expect(claimed).toEqual({ ...before, binding, isHeld: true });
      expect(call).toEqual({ id: expect.any(String), number: 1 });
      const after = await then.build(store, build);
      expect(after).toEqual({
        ...claimed,
        calls: [
          {
            ...call,
            contentHash: before.contentHash,
            run: 1,
            outcome: null,
            detail: null,
            findings: [],
            workflowId: null,
            workflowUrl: null,
            startedMsAgo: expect.any(Number),
            closedMsAgo: null,
          },
        ],
      });
    },
  },
  {
    name: 'a build that people carry out is not claimable',
    run: async (store) => {
      const decision = await given.acceptance(store, await given.project(store));
      const manual = decision.binding && { ...decision.binding, orchestration: 'manual' as const };
      await when.save(store, { ...decision, binding: manual });
      expect(await store.repository.claimBuilds([decision], { leaseMs: when.LONG_MS })).toEqual([null]);
    },
  },
  {
    name: 'of ten claims at once exactly one receives each build',
    run: async (store) => {
      const builds = await given.builds(store, ['a', 'b', 'c']);
      const claims = await Promise.all(
        Array.from({ length: 10 }, () => store.repository.claimBuilds(builds, { leaseMs: when.LONG_MS })),
      );
      const taken = claims.flat().flatMap((each) => (each ? [then.received(each).binding.id] : []));
      expect(taken.toSorted()).toEqual(builds.map((build) => build.bindingId).toSorted());
      for (const build of builds) {
        expect(await then.build(store, build)).toMatchObject({
          binding: { fence: 2 },
          calls: [{ number: 1 }],
        });
      }
    },
  },
  {
    name: 'answers come in the order of the question, and a build that is named twice is received once',
    run: async (store) => {
      const one = await given.build(store, { name: 'one' });
      const two = await given.build(store, { name: 'two' });
      const strange = { ...one, bindingId: 'no id at all' };
      const claims = await store.repository.claimBuilds([two, strange, one, two], { leaseMs: when.LONG_MS });
      const [first, second, third, fourth] = claims.map((each) => each && then.received(each).binding.id);
      expect([second, third]).toEqual([null, one.bindingId]);
      expect([first, fourth]).toEqual(expect.arrayContaining([two.bindingId, null]));
      expect(await store.repository.claimBuilds([], { leaseMs: when.LONG_MS })).toEqual([]);
    },
  },
  {
    name: 'a build that is leased is not claimable, and changes nothing by being asked for',
    run: async (store) => {
      const build = await given.build(store);
      await when.claim(store, build);
      expect(await then.nothingChanges(store, () => when.tryClaim(store, build))).toBeNull();
    },
  },
  {
    name: 'a build whose lease ran out is claimed again; the interrupted call stays open in the ledger',
    run: async (store) => {
      const build = await given.build(store);
      const first = await when.claim(store, build, when.SHORT_MS);
      await when.timePasses(store);
      const second = await when.claim(store, build);
      expect(second.binding.fence).toBe(first.binding.fence + 1);
      expect(second.calls).toMatchObject([{ id: first.call.id, number: 1, outcome: null }]);
      expect(second.call.number).toBe(2);
      expect(second.contentHash).toBe(first.contentHash);
      expect(second.call.id).not.toBe(first.call.id);
    },
  },
  {
    name: 'a build that is to wait is not claimable before its time',
    run: async (store) => {
      const later = await given.build(store, { name: 'later' });
      const soon = await given.build(store, { name: 'soon' });
      await when.save(store, deferredDecision(await when.claim(store, later), { runInMs: when.LONG_MS }));
      await when.save(store, deferredDecision(await when.claim(store, soon), { runInMs: when.SHORT_MS }));
      expect(await then.nothingChanges(store, () => when.tryClaim(store, later))).toBeNull();
      await when.timePasses(store);
      expect((await when.claim(store, soon)).call.number).toBe(2);
      expect(await when.tryClaim(store, later)).toBeNull();
    },
  },
  {
    name: 'a build that is not pending is not claimable',
    run: async (store) => {
      const failed = await given.build(store, { name: 'failed' });
      const active = await given.build(store, { name: 'active' });
      await when.save(
        store,
        failedDecision(await when.claim(store, failed)),
        completedDecision(await when.claim(store, active)),
      );
      await then.nothingChanges(store, async () => {
        expect(await store.repository.claimBuilds([failed, active], { leaseMs: when.LONG_MS })).toEqual([
          null,
          null,
        ]);
      });
    },
  },
  {
    name: 'a build has the priority of the last decision about it',
    run: async (store) => {
      const decision = await given.acceptance(store, await given.project(store), { priority: -7 });
      await when.save(store, decision);
      const claimed = await when.claim(store, decision);
      expect(claimed.binding.priority).toBe(-7);
      const deferred = deferredDecision(claimed);
      await when.save(store, {
        ...deferred,
        binding: deferred.binding && { ...deferred.binding, priority: 100 },
      });
      expect((await when.claim(store, decision)).binding.priority).toBe(100);
    },
  },
  {
    name: 'calls are numbered within their run',
    run: async (store) => {
      const build = await given.build(store);
      const numbers = [];
      for (let call = 1; call <= 2; call += 1) {
        const claimed = await when.claim(store, build);
        numbers.push([claimed.binding.run, claimed.call.number]);
        await when.save(store, deferredDecision(claimed));
      }
      await when.save(store, failedDecision(await when.claim(store, build)));
      await when.save(store, retriedDecision(await then.build(store, build)));
      const retried = await when.claim(store, build);
      numbers.push([retried.binding.run, retried.call.number]);
      expect(numbers).toEqual([
        [1, 1],
        [1, 2],
        [2, 1],
      ]);
      expect(retried.calls.map(({ run, number }) => [run, number])).toEqual([
        [1, 1],
        [1, 2],
        [1, 3],
      ]);
    },
  },
  {
    name: 'the content hash is equal for equal content, and another once name or blueprint was edited',
    run: async (store) => {
      const project = await given.project(store);
      const build = await given.build(store, project);
      const hashAfter = async (edit: () => Promise<void>) => {
        await edit();
        const claimed = await when.claim(store, build);
        await when.save(store, deferredDecision(claimed));
        return claimed.contentHash;
      };
      const first = await hashAfter(async () => {});
      const status = 'Build in Progress';
      const touched = await hashAfter(() =>
        store.host.update('automationVersions', project.versionId, { status }),
      );
      const renamed = await hashAfter(() =>
        store.host.update('automations', project.automationId, { name: 'New name' }),
      );
      const edited = await hashAfter(() =>
        store.host.update('automationVersions', project.versionId, {
          blueprintJson: { nodes: [], edges: [] },
        }),
      );
      expect(touched).toBe(first);
      expect(new Set([first, renamed, edited]).size).toBe(3);
    },
  },
];
