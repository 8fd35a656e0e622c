import { expect } from 'vitest';
import {
  completedDecision,
  deferredDecision,
  failedDecision,
  retriedDecision,
} from '../../decision-builders.js';
import type { StorageCase } from '../support/storage-case.js';
import {
  accept,
  acceptAll,
  acceptNew,
  buildOf,
  changingNothing,
  claim,
  LONG_MS,
  outlast,
  received,
  requestOf,
  SHORT_MS,
  save,
  seed,
  tryClaim,
} from '../support/store-steps.js';

/** Exactly one caller gets a build. */
export const claimCases: readonly StorageCase[] = [
  {
    name: 'a claim bumps the fence, opens a ledger row and gives the facts',
    run: async (store) => {
      const build = await acceptNew(store);
      const before = await buildOf(store, build);
      const { call, ...claimed } = await claim(store, build);

      expect(before.isHeld).toBe(false);
      const binding = { ...before.binding, fence: before.binding.fence + 1 };
      expect(claimed).toEqual({ ...before, binding, isHeld: true });
      expect(call).toEqual({ id: expect.any(String), number: 1 });
      const after = await buildOf(store, build);
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
          },
        ],
      });
    },
  },
  {
    name: 'a build that people carry out is not to be had',
    run: async (store) => {
      const decision = await requestOf(store, await seed(store));
      const manual = decision.binding && { ...decision.binding, orchestration: 'manual' as const };
      await save(store, { ...decision, binding: manual });
      expect(await store.repository.claimBuilds([decision], { leaseMs: LONG_MS })).toEqual([null]);
    },
  },
  {
    name: 'of ten claims at once exactly one receives each build',
    run: async (store) => {
      const builds = await acceptAll(store, ['a', 'b', 'c']);
      const claims = await Promise.all(
        Array.from({ length: 10 }, () => store.repository.claimBuilds(builds, { leaseMs: LONG_MS })),
      );
      const taken = claims.flat().flatMap((each) => (each ? [received(each).binding.id] : []));
      expect(taken.toSorted()).toEqual(builds.map((build) => build.bindingId).toSorted());
      for (const build of builds) {
        expect(await buildOf(store, build)).toMatchObject({ binding: { fence: 2 }, calls: [{ number: 1 }] });
      }
    },
  },
  {
    name: 'answers come in the order of the question, and a build that is named twice is received once',
    run: async (store) => {
      const one = await acceptNew(store, { name: 'one' });
      const two = await acceptNew(store, { name: 'two' });
      const strange = { ...one, bindingId: 'no id at all' };
      const claims = await store.repository.claimBuilds([two, strange, one, two], { leaseMs: LONG_MS });
      const [first, second, third, fourth] = claims.map((each) => each && received(each).binding.id);
      expect([second, third]).toEqual([null, one.bindingId]);
      expect([first, fourth]).toEqual(expect.arrayContaining([two.bindingId, null]));
      expect(await store.repository.claimBuilds([], { leaseMs: LONG_MS })).toEqual([]);
    },
  },
  {
    name: 'a build that is leased is not to be had, and changes nothing by being asked for',
    run: async (store) => {
      const build = await acceptNew(store);
      await claim(store, build);
      expect(await changingNothing(store, () => tryClaim(store, build))).toBeNull();
    },
  },
  {
    name: 'a build whose lease ran out is claimed again; the interrupted call stays open in the ledger',
    run: async (store) => {
      const build = await acceptNew(store);
      const first = await claim(store, build, SHORT_MS);
      await outlast(store);
      const second = await claim(store, build);
      expect(second.binding.fence).toBe(first.binding.fence + 1);
      expect(second.calls).toMatchObject([{ id: first.call.id, number: 1, outcome: null }]);
      expect(second.call.number).toBe(2);
      expect(second.contentHash).toBe(first.contentHash);
      expect(second.call.id).not.toBe(first.call.id);
    },
  },
  {
    name: 'a build that is to wait is not to be had before its time',
    run: async (store) => {
      const later = await acceptNew(store, { name: 'later' });
      const soon = await acceptNew(store, { name: 'soon' });
      await save(store, deferredDecision(await claim(store, later), { runInMs: LONG_MS }));
      await save(store, deferredDecision(await claim(store, soon), { runInMs: SHORT_MS }));
      expect(await changingNothing(store, () => tryClaim(store, later))).toBeNull();
      await outlast(store);
      expect((await claim(store, soon)).call.number).toBe(2);
      expect(await tryClaim(store, later)).toBeNull();
    },
  },
  {
    name: 'a build that is not pending is not to be had',
    run: async (store) => {
      const failed = await acceptNew(store, { name: 'failed' });
      const active = await acceptNew(store, { name: 'active' });
      await save(
        store,
        failedDecision(await claim(store, failed)),
        completedDecision(await claim(store, active)),
      );
      await changingNothing(store, async () => {
        expect(await store.repository.claimBuilds([failed, active], { leaseMs: LONG_MS })).toEqual([
          null,
          null,
        ]);
      });
    },
  },
  {
    name: 'a build has the priority of the last decision about it',
    run: async (store) => {
      const decision = await requestOf(store, await seed(store), { priority: -7 });
      await save(store, decision);
      const claimed = await claim(store, decision);
      expect(claimed.binding.priority).toBe(-7);
      const deferred = deferredDecision(claimed);
      await save(store, { ...deferred, binding: deferred.binding && { ...deferred.binding, priority: 100 } });
      expect((await claim(store, decision)).binding.priority).toBe(100);
    },
  },
  {
    name: 'calls are numbered within their run',
    run: async (store) => {
      const build = await acceptNew(store);
      const numbers = [];
      for (let call = 1; call <= 2; call += 1) {
        const claimed = await claim(store, build);
        numbers.push([claimed.binding.run, claimed.call.number]);
        await save(store, deferredDecision(claimed));
      }
      await save(store, failedDecision(await claim(store, build)));
      await save(store, retriedDecision(await buildOf(store, build)));
      const retried = await claim(store, build);
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
      const project = await seed(store);
      const build = await accept(store, project);
      const hashAfter = async (edit: () => Promise<void>) => {
        await edit();
        const claimed = await claim(store, build);
        await save(store, deferredDecision(claimed));
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
