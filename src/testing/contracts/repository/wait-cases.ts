import { ok } from 'neverthrow';
import { expect } from 'vitest';
import { acceptedDecision, deferredDecision } from '../../decision-builders.js';
import type { StorageCase } from '../support/storage-case.js';
import {
  aboutVersion,
  accept,
  buildOf,
  claim,
  LONG_MS,
  requestOf,
  SHORT_MS,
  save,
  seed,
  whileLocked,
} from '../support/store-steps.js';

/** Loading after `busy`: waiting for locks, within bounds. */
export const waitCases: readonly StorageCase[] = [
  {
    name: 'a load that does not wait reads past every lock',
    concurrent: true,
    run: async (store) => {
      const project = await seed(store);
      const build = await accept(store, project);
      await whileLocked(store, ['projects', project.projectId], () =>
        whileLocked(store, ['automationVersions', project.versionId], async () => {
          const query = aboutVersion(project.tenantId, project.versionId);
          const [facts] = await store.repository.loadRequests([query]);
          expect(facts?.candidates).toMatchObject([{ binding: { id: build.bindingId } }]);
          expect(await buildOf(store, build)).toMatchObject({ binding: { id: build.bindingId } });
        }),
      );
    },
  },
  {
    name: 'a wait ends when the locks are given up, and what was written meanwhile is read',
    concurrent: true,
    run: async (store) => {
      const project = await seed(store);
      const decision = await requestOf(store, project);
      const query = aboutVersion(project.tenantId, project.versionId);
      let over = false;
      let waiting: ReturnType<typeof store.repository.loadRequests> = Promise.resolve([]);
      await store.repository.transaction(async (tx) => {
        expect(await store.repository.save(tx, [decision])).toEqual(['ok']);
        waiting = store.repository.loadRequests([query], { waitMs: LONG_MS });
        waiting.finally(() => {
          over = true;
        });
        await store.passTime(SHORT_MS);
        expect(over, 'it waits while the locks are held').toBe(false);
        return ok(undefined);
      });
      const [facts] = await waiting;
      expect(facts?.candidates).toMatchObject([
        { binding: { id: decision.bindingId }, automationVersion: { status: 'Build in Progress' } },
      ]);
    },
  },
  {
    name: 'a wait for a quote ends with facts that can be decided on',
    concurrent: true,
    run: async (store) => {
      const project = await seed(store);
      const query = aboutVersion(project.tenantId, project.versionId);
      const { release } = await store.host.lock('quotes', project.quoteId);
      let over = false;
      const waiting = store.repository.loadRequests([query], { waitMs: LONG_MS });
      waiting.finally(() => {
        over = true;
      });
      await store.passTime(SHORT_MS);
      const ended = over;
      await release();
      const candidate = (await waiting)[0]?.candidates[0];
      expect(ended, 'it waits while the lock is held').toBe(false);
      const { tenantId } = project;
      expect(candidate && (await save(store, acceptedDecision(candidate, { tenantId })))).toEqual(['ok']);
    },
  },
  {
    name: 'a wait for a build ends when its locks are given up, and what was written meanwhile is read',
    concurrent: true,
    run: async (store) => {
      const build = await accept(store, await seed(store));
      const claimed = await claim(store, build);
      let over = false;
      let waiting: ReturnType<typeof store.repository.loadBuilds> = Promise.resolve([]);
      await store.repository.transaction(async (tx) => {
        await store.repository.save(tx, [deferredDecision(claimed)]);
        waiting = store.repository.loadBuilds([build], { waitMs: LONG_MS });
        waiting.finally(() => {
          over = true;
        });
        await store.passTime(SHORT_MS);
        expect(over, 'it waits while the locks are held').toBe(false);
        return ok(undefined);
      });
      expect(await waiting).toMatchObject([{ calls: [{ outcome: 'refused' }] }]);
    },
  },
  {
    name: 'a wait that runs out is no error: the facts are read all the same',
    concurrent: true,
    run: async (store) => {
      const project = await seed(store);
      const build = await accept(store, project);
      await whileLocked(store, ['projects', project.projectId], async () => {
        const query = aboutVersion(project.tenantId, project.versionId);
        const [facts] = await store.repository.loadRequests([query], { waitMs: SHORT_MS });
        expect(facts?.candidates).toMatchObject([{ binding: { id: build.bindingId } }]);
        const builds = await store.repository.loadBuilds([build], { waitMs: SHORT_MS });
        expect(builds).toMatchObject([{ binding: { id: build.bindingId } }]);
      });
    },
  },
];
