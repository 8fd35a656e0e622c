import { err } from 'neverthrow';
import { expect } from 'vitest';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** The facts behind a request, read by a transaction that also writes. */
export const factsInTransactionCases: readonly StorageCase[] = [
  {
    name: 'facts are read in the transaction: what it wrote itself is seen there, and by nobody else',
    run: async (store) => {
      const project = await given.project(store);
      const decision = await given.acceptance(store, project, { idempotencyKey: 'key' });
      const query = {
        ...then.aboutVersion(project.tenantId, project.versionId),
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
      const project = await given.project(store);
      const decision = await given.acceptance(store, project);
      const query = then.aboutVersion(project.tenantId, project.versionId);
      await when.commit(store, async (tx) => {
        expect(await store.repository.save(tx, [decision])).toEqual(['ok']);
        const [facts] = await store.repository.loadRequests([query], { tx, waitMs: when.LONG_MS });
        expect(facts?.candidates).toMatchObject([{ binding: { id: decision.bindingId } }]);
      });
    },
  },
  {
    name: 'a wait in the transaction is for what others hold; run out, it spoils nothing and the facts are read',
    concurrent: true,
    run: async (store) => {
      const project = await given.project(store);
      const query = then.aboutVersion(project.tenantId, project.versionId);
      const { release } = await store.host.lock('projects', project.projectId);
      await when.commit(store, async (tx) => {
        await store.queue.enqueue(tx, [given.BEFORE]);
        const [facts] = await store.repository.loadRequests([query], { tx, waitMs: when.SHORT_MS });
        expect(facts?.candidates).toHaveLength(1);
        const waiting = when.watched(store.repository.loadRequests([query], { tx, waitMs: when.LONG_MS }));
        await store.passTime(when.SHORT_MS);
        const ended = waiting.isOver();
        await release();
        expect((await waiting.promise)[0]?.candidates).toHaveLength(1);
        expect(ended, 'it waits while they hold it').toBe(false);
        expect(
          await when.save(store, await given.acceptance(store, project)),
          'the wait left no lock',
        ).toEqual(['ok']);
      });
      expect(await then.messageKeys(store)).toContain('before');
    },
  },
];
