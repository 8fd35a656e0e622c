import { describe, expect, it } from 'vitest';
import { BUILD_REQUESTS, buildRequestMessage } from '../../src/core/build/messages.js';
import { claimBuildsThroughQueue } from '../../src/handlers/claim-builds.js';
import type { BuildReference } from '../../src/ports/repository.js';
import * as given from '../../src/testing/contracts/support/given.js';
import * as then from '../../src/testing/contracts/support/then.js';
import * as when from '../../src/testing/contracts/support/when.js';
import { openMemory } from '../adapters/memory/open-memory.js';

const LIMITS = { limit: 10, leaseMs: when.LONG_MS };

const wakeUp = ({ tenantId, bindingId }: BuildReference, key = bindingId) => ({
  ...buildRequestMessage({ tenantId, bindingId, requestId: 'request-1', priority: 0 }, 0),
  key,
});

describe('builds that are taken through the ports', () => {
  it('come with their lease, and their messages are gone', async () => {
    const store = openMemory();
    const builds = await given.builds(store, ['a', 'b']);
    await when.enqueue(store, ...builds.map((build) => wakeUp(build)));
    const taken = await claimBuildsThroughQueue(store)(LIMITS);
    expect(taken.unprocessableMessages).toEqual([]);
    expect(taken.builds.map(({ binding }) => binding.id).toSorted()).toEqual(
      builds.map(({ bindingId }) => bindingId).toSorted(),
    );
    expect(taken.builds).toMatchObject([{ binding: { fence: 2 } }, { binding: { fence: 2 } }]);
    expect(await store.queue.stats(BUILD_REQUESTS)).toMatchObject({ waiting: 0, inFlight: 0, dead: 0 });
  });

  it('are taken once, however many messages name them; the other messages are unprocessable', async () => {
    const store = openMemory();
    const build = await given.build(store);
    await when.enqueue(store, wakeUp(build), wakeUp(build, 'again'));
    const { builds, unprocessableMessages } = await claimBuildsThroughQueue(store)(LIMITS);
    expect([builds.length, unprocessableMessages.length]).toEqual([1, 1]);
    expect((await store.libraryRows()).calls).toHaveLength(1);
  });

  it('leave the message of a build that somebody else holds to be settled by name', async () => {
    const store = openMemory();
    const build = await given.build(store);
    await when.claim(store, build);
    await when.enqueue(store, wakeUp(build));
    const { builds, unprocessableMessages } = await claimBuildsThroughQueue(store)(LIMITS);
    expect(builds).toEqual([]);
    expect(unprocessableMessages).toMatchObject([{ body: { bindingId: build.bindingId }, deliveryCount: 1 }]);
  });

  it('are not lost when the process dies between the message and the build', async () => {
    const store = openMemory();
    const build = await given.build(store);
    await when.enqueue(store, wakeUp(build));
    const claimFails = async () => {
      throw new Error('the process died');
    };
    const dying = claimBuildsThroughQueue({
      ...store,
      repository: { ...store.repository, claimBuilds: claimFails },
    });
    await expect(dying({ ...LIMITS, leaseMs: when.SHORT_MS })).rejects.toThrow('the process died');
    await when.timePasses(store);
    expect((await claimBuildsThroughQueue(store)(LIMITS)).builds).toHaveLength(1);
  });

  it('are not lost when the process dies between the build and the removal of its message', async () => {
    const store = openMemory();
    const build = await given.build(store);
    await when.enqueue(store, wakeUp(build));
    const acknowledge = async () => {
      throw new Error('the process died');
    };
    const dying = claimBuildsThroughQueue({ ...store, queue: { ...store.queue, acknowledge } });
    await expect(dying({ ...LIMITS, leaseMs: when.SHORT_MS })).rejects.toThrow('the process died');
    await when.timePasses(store);
    const { builds } = await claimBuildsThroughQueue(store)(LIMITS);
    expect(builds).toMatchObject([
      { binding: { id: build.bindingId, fence: 3 }, calls: [{ outcome: null }] },
    ]);
  });

  it('never come of a message that speaks for another tenant than its own', async () => {
    const store = openMemory();
    const build = await given.build(store);
    const stranger = await given.build(store, { tenantId: '00000000-0000-4000-8000-000000000001' });
    const message = { ...wakeUp(build), tenantId: stranger.tenantId };
    const taken = await then.nothingChanges(store, async () => {
      await when.enqueue(store, message);
      const { builds, unprocessableMessages } = await claimBuildsThroughQueue(store)(LIMITS);
      await store.queue.acknowledge(unprocessableMessages);
      return { builds, unprocessableMessages };
    });
    expect(taken).toMatchObject({ builds: [], unprocessableMessages: [{ tenantId: stranger.tenantId }] });
    expect((await then.build(store, build)).binding.fence).toBe(1);
  });
});
