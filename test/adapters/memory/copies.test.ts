import { ok } from 'neverthrow';
import { describe, expect, it } from 'vitest';
import { outgoingNotification, stableId, TENANT } from '../../../src/testing/builders.js';
import * as given from '../../../src/testing/contracts/support/given.js';
import * as then from '../../../src/testing/contracts/support/then.js';
import * as when from '../../../src/testing/contracts/support/when.js';
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
    const claimed = await when.claim(store, await given.build(store));
    const failed = failedDecision(claimed);
    const request = await given.acceptance(store, await given.project(store, { name: 'other' }), {
      idempotencyKey: 'key',
    });
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
    await then.nothingChanges(store, async () => {
      for (const original of [failed, request, message, metadata]) wreck(original);
    });
  });

  it('is stored as it was when it was given, not as it is at the commit', async () => {
    const store = openMemory();
    const message = structuredClone(outgoingNotification('key'));
    await when.commit(store, async (tx) => {
      await store.queue.enqueue(tx, [message]);
      wreck(message);
    });
    expect((await store.libraryRows()).messages).toMatchObject([{ key: 'key', body: { requestId: 'key' } }]);
  });
});

describe('what the memory store gives', () => {
  it('is a copy: nothing that a caller does to it reaches the store', async () => {
    const store = openMemory();
    const project = await given.project(store);
    await when.save(store, await given.acceptance(store, project, { idempotencyKey: 'key' }));
    const failed = await when.claim(store, await given.build(store, { name: 'failed' }));
    await when.save(store, failedDecision(failed));
    await when.enqueue(store, outgoingNotification('dead'));
    for (const message of await store.queue.claim('notifications', { limit: 1, leaseMs: 1000 })) {
      await store.queue.deadLetter(message, 'poison');
    }
    await when.commit(store, (tx) =>
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
    const facts = await then.requestFacts(store, {
      ...then.aboutVersion(project.tenantId, project.versionId),
      idempotency,
    });
    expect(facts.storedAnswer?.answer.run).toBe(1);
    const answers = [
      facts,
      await store.repository.loadBuilds([{ tenantId: TENANT, bindingId: failed.binding.id }]),
      await store.buildViews.findBuilds({ tenantId: TENANT, limit: 10 }),
      await store.deadLetters.list({ tenantId: TENANT, limit: 10 }),
      await store.auditLog.list({ tenantId: TENANT, resourceId: RESOURCE }),
      await store.host.read(),
      await store.libraryRows(),
    ];
    await then.nothingChanges(store, async () => {
      for (const each of answers) wreck(each);
    });
  });
});
