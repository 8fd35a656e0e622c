import { expect } from 'vitest';
import { BUILD_REQUESTS, buildRequestMessage, type OutgoingMessage } from '../../../core/build/messages.js';
import type { BuildReference } from '../../../ports/repository.js';
import { OTHER_TENANT, TENANT } from '../../builders.js';
import { deferredDecision, failedDecision } from '../../decision-builders.js';
import type { StorageHarness } from '../../storage-harness.js';
import { fusedOf } from '../support/capability-of.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** Messages turn into builds that exactly one process holds, and whatever is wrong with a message costs no build. */
export const claimCases: readonly StorageCase[] = [
  {
    name: 'B1 a build whose blueprint is too long is taken without its text',
    run: async (store) => {
      const build = await given.build(store);
      await when.enqueue(store, wakeUp(build));
      const { automationVersion } = await then.build(store, build);
      const { blueprintBytes } = then.present(automationVersion);
      const options = { limit: 1, leaseMs: when.LONG_MS, maxBlueprintBytes: blueprintBytes - 1 };
      const { builds } = await fusedOf(store).claimDueBuilds(options);
      expect(builds).toMatchObject([{ automationVersion: { blueprintJson: null, blueprintBytes } }]);
    },
  },
  {
    name: 'builds with due messages are taken as by a claim, and their messages are gone',
    run: async (store) => {
      const builds = await given.builds(store, ['a', 'b']);
      const before = await Promise.all(builds.map((build) => then.build(store, build)));
      await when.enqueue(store, ...builds.map((build) => wakeUp(build)));

      const taken = await claimDueBuilds(store);
      expect(taken.unprocessableMessages).toEqual([]);
      expect(taken.builds).toHaveLength(2);
      expect(taken.builds).toEqual(
        expect.arrayContaining(
          before.map((facts) => ({
            ...facts,
            binding: { ...facts.binding, fence: 2 },
            isHeld: true,
            call: { id: expect.any(String), number: 1 },
          })),
        ),
      );
      expect((await store.libraryRows()).messages).toEqual([]);
      expect(await store.repository.claimBuilds(builds, { leaseMs: when.LONG_MS }), 'they are held').toEqual([
        null,
        null,
      ]);
    },
  },
  {
    name: 'a message for a build that people carry out leads to nothing, and is settled',
    run: async (store) => {
      const decision = await given.acceptance(store, await given.project(store));
      const manual = decision.binding && { ...decision.binding, orchestration: 'manual' as const };
      await when.save(store, { ...decision, binding: manual });
      await when.enqueue(store, wakeUp(decision));
      const taken = await claimDueBuilds(store);
      expect(taken.builds).toEqual([]);
      const left = new Set((await store.libraryRows()).messages.map(({ key }) => key));
      const unprocessable = taken.unprocessableMessages.length;
      expect(left.size, 'gone, or in the hands of whoever settles it').toBe(unprocessable);
    },
  },
  {
    name: 'no more builds are taken than asked for, and none whose message or binding is not due',
    run: async (store) => {
      const [one, two, later, waiting] = (await given.builds(store, ['a', 'b', 'c', 'd'])).map(then.present);
      const deferred = deferredDecision(await when.claim(store, then.present(waiting)), {
        runInMs: when.LONG_MS,
      });
      await when.save(store, deferred);
      await when.enqueue(
        store,
        wakeUp(then.present(later), when.LONG_MS),
        wakeUp(then.present(one)),
        wakeUp(then.present(two)),
      );
      const first = await claimDueBuilds(store, { limit: 1 });
      const second = await claimDueBuilds(store, { limit: 10 });
      expect(idsOf([...first.builds, ...second.builds])).toEqual(
        idsOf([then.present(one), then.present(two)]),
      );
      expect(first.builds).toHaveLength(1);

      await when.enqueue(store, wakeUp(then.present(waiting)));
      expect((await claimDueBuilds(store)).builds).toEqual([]);
      expect((await then.build(store, then.present(waiting))).binding.fence).toBe(2);
    },
  },
  {
    name: 'of ten takes at once exactly one receives each build',
    run: async (store) => {
      const builds = await given.builds(store, ['a', 'b', 'c', 'd', 'e']);
      await when.enqueue(store, ...builds.map((build) => wakeUp(build)));
      const takes = await Promise.all(Array.from({ length: 10 }, () => claimDueBuilds(store, { limit: 2 })));
      const rest = await claimDueBuilds(store);
      expect(idsOf([...takes, rest].flatMap((taken) => taken.builds))).toEqual(idsOf(builds));
      const { bindings, calls } = await store.libraryRows();
      expect([bindings.map((row) => row.fence), calls.length]).toEqual([[2, 2, 2, 2, 2], 5]);
    },
  },
  {
    name: 'unprocessable messages are handed out, keep no good one back, touch no build and are held until they are settled',
    run: async (store) => {
      const [good, ours] = (await given.builds(store, ['good', 'ours'])).map(then.present);
      const untouched = await then.build(store, then.present(ours));
      await when.enqueue(store, ...unprocessableMessages(then.present(ours)), wakeUp(then.present(good)));

      const taken = await claimDueBuilds(store);
      expect(idsOf(taken.builds)).toEqual(idsOf([then.present(good)]));
      const unprocessable = unprocessableMessages(then.present(ours)).map(({ body, tenantId }) => ({
        body,
        tenantId,
        deliveryCount: 1,
      }));
      expect(taken.unprocessableMessages).toHaveLength(unprocessable.length);
      expect(taken.unprocessableMessages).toEqual(
        expect.arrayContaining(unprocessable.map((each) => expect.objectContaining(each))),
      );
      expect(await then.build(store, then.present(ours))).toEqual(untouched);

      expect(await claimDueBuilds(store)).toEqual({ builds: [], unprocessableMessages: [] });
      expect(await store.queue.stats(BUILD_REQUESTS)).toMatchObject({
        waiting: 0,
        inFlight: unprocessable.length,
        dead: 0,
      });
      const [poison, ...others] = taken.unprocessableMessages;
      await store.queue.deadLetter(then.present(poison), 'poison');
      for (const message of others) await store.queue.postpone(message, { delayMs: when.LONG_MS });
      const settled = { waiting: unprocessable.length - 1, inFlight: 0, dead: 1 };
      expect(await store.queue.stats(BUILD_REQUESTS)).toMatchObject(settled);
    },
  },
  {
    name: 'unprocessable messages that nobody settles come again, counted',
    run: async (store) => {
      await when.enqueue(store, ...unprocessableMessages(await given.build(store)));
      const first = await claimDueBuilds(store, { leaseMs: when.SHORT_MS });
      await when.timePasses(store);
      const second = await claimDueBuilds(store);
      expect(idsOfMessages(second.unprocessableMessages)).toEqual(idsOfMessages(first.unprocessableMessages));
      expect(new Set(second.unprocessableMessages.map((message) => message.deliveryCount))).toEqual(
        new Set([2]),
      );
    },
  },
  {
    name: 'a message that comes after the end of its build changes nothing',
    run: async (store) => {
      const build = await given.build(store);
      await when.save(store, failedDecision(await when.claim(store, build)));
      const before = await then.everything(store);
      await when.enqueue(store, wakeUp(build));
      const taken = await claimDueBuilds(store);
      expect(taken.builds).toEqual([]);
      await store.queue.acknowledge(taken.unprocessableMessages);
      expect(await then.everything(store), 'and no message is left').toEqual(before);
    },
  },
  {
    name: 'a message that comes again while its build is held changes nothing, and the build is not lost',
    run: async (store) => {
      const build = await given.build(store);
      await when.enqueue(store, wakeUp(build));
      expect((await claimDueBuilds(store, { leaseMs: when.LONG_MS })).builds).toHaveLength(1);
      const held = await then.timelessBuild(store, build);
      await when.enqueue(store, wakeUp(build));
      expect((await claimDueBuilds(store)).builds).toEqual([]);
      expect(await then.timelessBuild(store, build)).toEqual(held);

      const lease = { ...build, fence: held.binding.fence };
      expect(await store.repository.extendLeases([lease], { leaseMs: when.LONG_MS })).toEqual([true]);
    },
  },
];

function claimDueBuilds<Tx>(
  store: StorageHarness<Tx>,
  { limit = 10, leaseMs = when.LONG_MS }: { readonly limit?: number; readonly leaseMs?: number } = {},
) {
  return fusedOf(store).claimDueBuilds({ limit, leaseMs });
}

function wakeUp({ tenantId, bindingId }: BuildReference, delayMs = 0): OutgoingMessage {
  return buildRequestMessage({ tenantId, bindingId, requestId: 'request-first', priority: 0 }, delayMs);
}

/** Messages that must not lead to the build that some of them name. */
function unprocessableMessages(build: BuildReference): readonly OutgoingMessage[] {
  const message = wakeUp(build);
  return [
    { ...message, key: 'unknown', body: { ...wakeUp({ ...build, bindingId: given.NOBODY }).body } },
    {
      ...message,
      key: 'of another tenant',
      tenantId: OTHER_TENANT,
      body: { ...message.body, tenantId: OTHER_TENANT },
    },
    { ...message, key: 'in the name of another tenant', tenantId: OTHER_TENANT },
    {
      ...message,
      key: 'about another tenant',
      tenantId: TENANT,
      body: { ...message.body, tenantId: OTHER_TENANT },
    },
    { ...message, key: 'of a newer version', body: foreignBody({ ...message.body, v: 2 }) },
    { ...message, key: 'malformed', body: foreignBody({ v: 1, kind: 'build_request' }) },
    { ...message, key: 'no object', body: foreignBody('a text') },
    { ...message, key: 'a list', body: foreignBody([1]) },
  ];
}

/** A body that this version of the code would never write. */
function foreignBody(body: unknown): OutgoingMessage['body'] {
  return JSON.parse(JSON.stringify(body));
}

function idsOf(
  builds: readonly (BuildReference | { readonly binding: { readonly id: string } })[],
): readonly string[] {
  return builds.map((build) => ('binding' in build ? build.binding.id : build.bindingId)).toSorted();
}

function idsOfMessages(messages: readonly { readonly id: string }[]): readonly string[] {
  return messages.map((message) => message.id).toSorted();
}
