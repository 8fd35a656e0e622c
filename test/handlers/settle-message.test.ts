import { describe, expect, it } from 'vitest';
import { BUILD_REQUESTS, buildRequestMessage, type OutgoingMessage } from '../../src/core/build/messages.js';
import { claimBuildsThroughQueue } from '../../src/handlers/claim-builds.js';
import { settleUnprocessableBuildRequest } from '../../src/handlers/settle-message.js';
import type { BuildReference } from '../../src/ports/repository.js';
import { OTHER_TENANT, TENANT } from '../../src/testing/builders.js';
import * as given from '../../src/testing/contracts/support/given.js';
import * as then from '../../src/testing/contracts/support/then.js';
import * as when from '../../src/testing/contracts/support/when.js';
import { failedDecision } from '../../src/testing/decision-builders.js';
import { openMemory } from '../adapters/memory/open-memory.js';

const wakeUp = ({ tenantId, bindingId }: BuildReference): OutgoingMessage =>
  buildRequestMessage({ tenantId, bindingId, requestId: 'request-1', priority: 0 }, 0);

/** Puts a message into the queue, takes it as a worker does, and settles it as one that led to no build. */
async function settleIn(store: ReturnType<typeof openMemory>, message?: OutgoingMessage) {
  if (message) await when.enqueue(store, message);
  const deadLettered: string[] = [];
  const { builds, unprocessableMessages } = await claimBuildsThroughQueue(store)({
    limit: 10,
    leaseMs: when.LONG_MS,
  });
  for (const unprocessable of unprocessableMessages) {
    await settleUnprocessableBuildRequest(
      unprocessable,
      async (build) => (await store.repository.loadBuilds([build]))[0] ?? null,
      {
        ...store,
        acknowledge: (done) => store.queue.acknowledge([done]),
        onDeadLetter: (_, reason) => deadLettered.push(reason),
      },
    );
  }
  const { audit } = await store.libraryRows();
  const { waiting, inFlight, dead } = await store.queue.stats(BUILD_REQUESTS);
  return {
    builds,
    deadLettered,
    audit,
    depth: { waiting, inFlight, dead },
    unprocessable: unprocessableMessages.length,
  };
}

describe('a message that led to no build', () => {
  it('since the build has ended is removed', async () => {
    const store = openMemory();
    const build = await given.build(store);
    await when.save(store, failedDecision(await when.claim(store, build)));
    const { depth, unprocessable } = await settleIn(store, wakeUp(build));
    expect([unprocessable, depth]).toEqual([1, { waiting: 0, inFlight: 0, dead: 0 }]);
  });

  it('since somebody else holds the build comes again later, and leads to the build if that one died', async () => {
    const store = openMemory();
    const build = await given.build(store);
    await when.claim(store, build, 5_000);
    const { depth } = await settleIn(store, wakeUp(build));
    expect(depth).toEqual({ waiting: 1, inFlight: 0, dead: 0 });
    await store.passTime(10_000);
    expect((await settleIn(store)).builds).toHaveLength(1);
  });

  it.each([
    ['that does not exist', async () => ({ tenantId: TENANT, bindingId: given.NOBODY })],
    [
      'of another tenant',
      async (store: ReturnType<typeof openMemory>) => ({
        ...(await given.build(store)),
        tenantId: OTHER_TENANT,
      }),
    ],
  ])('since it names a build %s is a dead letter, and a matter of security', async (_, named) => {
    const store = openMemory();
    const { tenantId, bindingId } = await named(store);
    const { depth, audit, deadLettered } = await settleIn(store, wakeUp({ tenantId, bindingId }));
    expect(depth).toEqual({ waiting: 0, inFlight: 0, dead: 1 });
    expect(deadLettered).toEqual(['names a build that does not exist for its tenant']);
    expect(audit.filter((entry) => entry.action_type === 'message_refused')).toEqual([
      {
        tenant_id: tenantId,
        user_id: null,
        action_type: 'message_refused',
        resource_type: 'workflow_binding',
        resource_id: bindingId,
        metadata_json: { reason: deadLettered[0] },
      },
    ]);
    expect(await store.deadLetters.list({ tenantId, limit: 10 })).toHaveLength(1);
  });

  it.each([
    ['in the name of', OTHER_TENANT, TENANT],
    ['about', TENANT, OTHER_TENANT],
  ])('since it speaks %s another tenant is one too, and touches no build', async (_, rowOf, bodyOf) => {
    const store = openMemory();
    const build = await given.build(store);
    const before = await then.build(store, build);
    const { body } = wakeUp({ ...build, tenantId: bodyOf });
    const { depth, audit } = await settleIn(store, { ...wakeUp(build), tenantId: rowOf, body });
    expect(depth).toEqual({ waiting: 0, inFlight: 0, dead: 1 });
    expect(audit).toMatchObject([{ action_type: 'message_refused', tenant_id: rowOf }]);
    expect(await then.build(store, build)).toEqual(before);
    expect(await when.findStranded(store), 'the sweep wakes it').toMatchObject([build]);
  });

  it('since it cannot be read comes again, and is a dead letter at the fifth time', async () => {
    const store = openMemory();
    await when.enqueue(store, {
      ...wakeUp({ tenantId: TENANT, bindingId: given.NOBODY }),
      body: JSON.parse('{"v":1}'),
    });
    const depths: unknown[] = [];
    for (let times = 0; times < 5; times += 1) {
      depths.push((await settleIn(store)).depth);
      await store.passTime(when.LONG_MS);
    }
    const waiting = { waiting: 1, inFlight: 0, dead: 0 };
    expect(depths).toEqual([waiting, waiting, waiting, waiting, { waiting: 0, inFlight: 0, dead: 1 }]);
  });

  it('is not taken out of circulation before the audit entry is written', async () => {
    const store = openMemory();
    await when.enqueue(store, wakeUp({ tenantId: TENANT, bindingId: given.NOBODY }));
    const { unprocessableMessages } = await claimBuildsThroughQueue(store)({
      limit: 1,
      leaseMs: when.LONG_MS,
    });
    const [message] = unprocessableMessages;
    if (!message) throw new Error('a message was taken');
    const append = async () => {
      throw new Error('the audit log is full');
    };
    const settling = settleUnprocessableBuildRequest(message, async () => null, {
      ...store,
      auditLog: { ...store.auditLog, append },
      acknowledge: async () => {},
      onDeadLetter: () => {},
    });
    await expect(settling).rejects.toThrow('the audit log is full');
    expect(await store.queue.stats(BUILD_REQUESTS)).toMatchObject({ waiting: 0, inFlight: 1, dead: 0 });
  });
});
