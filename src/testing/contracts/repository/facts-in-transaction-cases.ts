import { err } from 'neverthrow';
import { expect } from 'vitest';
import { before, keys } from '../support/savepoint-steps.js';
import type { StorageCase } from '../support/storage-case.js';
import {
  aboutVersion,
  commit,
  LONG_MS,
  requestOf,
  SHORT_MS,
  save,
  seed,
  watched,
} from '../support/store-steps.js';

/** The facts behind a request, read by a transaction that also writes. */
export const factsInTransactionCases: readonly StorageCase[] = [
  {
    name: 'facts are read in the transaction: what it wrote itself is seen there, and by nobody else',
    run: async (store) => {
      const project = await seed(store);
      const decision = await requestOf(store, project, { idempotencyKey: 'key' });
      const query = {
        ...aboutVersion(project.tenantId, project.versionId),
        idempotency: { operation: 'request_build', key: 'key' },
      };
      const undone = await store.repository.transaction(async (tx) => {
        const [earlier] = await store.repository.loadRequests([query], { tx });
        expect(earlier).toMatchObject({ storedAnswer: null, candidates: [{ binding: null }] });
        expect(await store.repository.save(tx, [decision])).toEqual(['ok']);
        const [facts] = await store.repository.loadRequests([query], { tx });
        expect(facts).toMatchObject({
          storedAnswer: { bodyHash: decision.idempotency?.bodyHash },
          candidates: [
            { binding: { id: decision.bindingId }, automationVersion: { status: 'Build in Progress' } },
          ],
        });
        return err('rolled back');
      });
      expect(undone.isErr()).toBe(true);
      const [later] = await store.repository.loadRequests([query]);
      expect(later).toMatchObject({ storedAnswer: null, candidates: [{ binding: null }] });
    },
  },
  {
    name: 'a wait in the transaction is not for what it holds itself',
    run: async (store) => {
      const project = await seed(store);
      const decision = await requestOf(store, project);
      const query = aboutVersion(project.tenantId, project.versionId);
      await commit(store, async (tx) => {
        expect(await store.repository.save(tx, [decision])).toEqual(['ok']);
        const [facts] = await store.repository.loadRequests([query], { tx, waitMs: LONG_MS });
        expect(facts?.candidates).toMatchObject([{ binding: { id: decision.bindingId } }]);
      });
    },
  },
  {
    name: 'a wait in the transaction is for what others hold; run out, it spoils nothing and the facts are read',
    concurrent: true,
    run: async (store) => {
      const project = await seed(store);
      const query = aboutVersion(project.tenantId, project.versionId);
      const { release } = await store.host.lock('projects', project.projectId);
      await commit(store, async (tx) => {
        await store.queue.enqueue(tx, [before]);
        const [facts] = await store.repository.loadRequests([query], { tx, waitMs: SHORT_MS });
        expect(facts?.candidates).toHaveLength(1);
        const waiting = watched(store.repository.loadRequests([query], { tx, waitMs: LONG_MS }));
        await store.passTime(SHORT_MS);
        const ended = waiting.isOver();
        await release();
        expect((await waiting.promise)[0]?.candidates).toHaveLength(1);
        expect(ended, 'it waits while they hold it').toBe(false);
        expect(await save(store, await requestOf(store, project)), 'the wait left no lock').toEqual(['ok']);
      });
      expect(await keys(store)).toContain('before');
    },
  },
];
