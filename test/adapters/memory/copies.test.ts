import { ok } from 'neverthrow';
import { describe, expect, it } from 'vitest';
import { outgoingNotification, stableId, TENANT } from '../../../src/testing/builders.js';
import {
  aboutVersion,
  acceptNew,
  changingNothing,
  claim,
  commit,
  enqueue,
  factsOf,
  requestOf,
  save,
  seed,
} from '../../../src/testing/contracts/support/store-steps.js';
import { failedDecision } from '../../../src/testing/decision-builders.js';
import { openMemory } from './open-memory.js';

const RESOURCE = stableId('resource');

/** Empties every object that can be reached, as a careless caller might. */
function wreck(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    wreck(inner);
    Reflect.deleteProperty(value, key);
  }
}

describe('what is given to the memory store', () => {
  it('stays as it was stored, whatever becomes of the original', async () => {
    const store = openMemory();
    const claimed = await claim(store, await acceptNew(store));
    const failed = failedDecision(claimed);
    const request = await requestOf(store, await seed(store, { name: 'other' }), { idempotencyKey: 'key' });
    const message = outgoingNotification('key');
    const metadata = { nested: { list: [1, 2] } };
    await store.repository.transaction(async (tx) => {
      await store.repository.save(tx, [failed, request]);
      await store.queue.enqueue(tx, [message]);
      await store.auditLog.append(tx, [
        {
          tenantId: TENANT,
          userId: null,
          actionType: 'build_failed',
          resourceType: 'workflow_binding',
          resourceId: RESOURCE,
          metadata,
        },
      ]);
      return ok(undefined);
    });
    await changingNothing(store, async () => {
      for (const original of [failed, request, message, metadata]) wreck(original);
    });
  });

  it('is stored as it was when it was given, not as it is at the commit', async () => {
    const store = openMemory();
    const message = structuredClone(outgoingNotification('key'));
    await commit(store, async (tx) => {
      await store.queue.enqueue(tx, [message]);
      wreck(message);
    });
    expect((await store.libraryRows()).messages).toMatchObject([{ key: 'key', body: { requestId: 'key' } }]);
  });
});

describe('what the memory store gives', () => {
  it('is a copy: nothing that a caller does to it reaches the store', async () => {
    const store = openMemory();
    const project = await seed(store);
    await save(store, await requestOf(store, project, { idempotencyKey: 'key' }));
    const failed = await claim(store, await acceptNew(store, { name: 'failed' }));
    await save(store, failedDecision(failed));
    await enqueue(store, outgoingNotification('dead'));
    for (const message of await store.queue.claim('notifications', { limit: 1, leaseMs: 1000 })) {
      await store.queue.deadLetter(message, 'poison');
    }
    await commit(store, (tx) =>
      store.auditLog.append(tx, [
        {
          tenantId: TENANT,
          userId: null,
          actionType: 'build_failed',
          resourceType: 'workflow_binding',
          resourceId: RESOURCE,
          metadata: { nested: { list: [1] } },
        },
      ]),
    );
    const idempotency = { operation: 'request_build', key: 'key' };
    const facts = await factsOf(store, { ...aboutVersion(project.tenantId, project.versionId), idempotency });
    expect(facts.storedAnswer?.answer.run).toBe(1);
    const given = [
      facts,
      await store.repository.loadBuilds([{ tenantId: TENANT, bindingId: failed.binding.id }]),
      await store.buildViews.findBuilds({ tenantId: TENANT, limit: 10 }),
      await store.deadLetters.list({ tenantId: TENANT, limit: 10 }),
      await store.auditLog.list({ tenantId: TENANT, resourceId: RESOURCE }),
      await store.host.read(),
      await store.libraryRows(),
    ];
    await changingNothing(store, async () => {
      for (const each of given) wreck(each);
    });
  });
});
