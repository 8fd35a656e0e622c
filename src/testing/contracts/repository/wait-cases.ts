import { ok } from 'neverthrow';
import { expect } from 'vitest';
import { projectTask } from '../../builders.js';
import { deferredDecision } from '../../decision-builders.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** Loading after `busy`: waiting for locks, within bounds. */
export const waitCases: readonly StorageCase[] = [
  {
    name: 'a load that does not wait reads past every lock',
    concurrent: true,
    run: async (store) => {
      const project = await given.project(store);
      const build = await given.build(store, project);
      await when.locked(store, ['projects', project.projectId], () =>
        when.locked(store, ['automationVersions', project.versionId], async () => {
          const query = then.aboutVersion(project.tenantId, project.versionId);
          const [facts] = await store.repository.loadRequests([query]);
          expect(facts?.candidates).toMatchObject([{ binding: { id: build.bindingId } }]);
          expect(await then.build(store, build)).toMatchObject({ binding: { id: build.bindingId } });
        }),
      );
    },
  },
  {
    name: 'a wait ends when the locks are given up, and what was written meanwhile is read',
    concurrent: true,
    run: async (store) => {
      const project = await given.project(store);
      const decision = await given.acceptance(store, project);
      const query = then.aboutVersion(project.tenantId, project.versionId);
      const waiting = await store.repository.transaction(async (tx) => {
        expect(await store.repository.save(tx, [decision])).toEqual(['ok']);
        const load = when.watched(store.repository.loadRequests([query], { waitMs: when.LONG_MS }));
        await store.passTime(when.SHORT_MS);
        expect(load.isOver(), 'it waits while the locks are held').toBe(false);
        return ok(load);
      });
      const [facts] = await waiting._unsafeUnwrap().promise;
      expect(facts?.candidates).toMatchObject([
        { binding: { id: decision.bindingId }, automationVersion: { status: 'Build in Progress' } },
      ]);
    },
  },
  {
    name: 'a wait is for every lock that a decision needs, and ends with facts that can be decided on',
    concurrent: true,
    run: async (store) => {
      const project = await given.project(store);
      const task = projectTask(project, 'hand-over-to-qa', { status: 'complete' });
      await store.host.insert({ tasks: [task] });
      const query = then.aboutVersion(project.tenantId, project.versionId);
      const rows = [
        ['projects', project.projectId],
        ['automationVersions', project.versionId],
        ['quotes', project.quoteId],
        ['tasks', task.id],
      ] as const;
      for (const [table, id] of rows) {
        const { release } = await store.host.lock(table, id);
        const waiting = when.watched(store.repository.loadRequests([query], { waitMs: when.LONG_MS }));
        await store.passTime(when.SHORT_MS);
        const ended = waiting.isOver();
        await release();
        const [facts] = await waiting.promise;
        expect(ended, `it waits while somebody holds ${table}`).toBe(false);
        expect(facts?.candidates).toHaveLength(1);
      }
      expect(await when.save(store, await given.acceptance(store, project))).toEqual(['ok']);
    },
  },
  {
    name: 'a wait is for the idempotency key too, and ends with the answer that was stored under it',
    concurrent: true,
    run: async (store) => {
      const first = await given.acceptance(store, await given.project(store, { name: 'first' }), {
        idempotencyKey: 'key',
      });
      const other = await given.project(store, { name: 'other' });
      const query = {
        ...then.aboutVersion(other.tenantId, other.versionId),
        idempotency: { operation: 'request_build', key: 'key' },
      };
      const waiting = await store.repository.transaction(async (tx) => {
        expect(await store.repository.save(tx, [first])).toEqual(['ok']);
        const load = when.watched(store.repository.loadRequests([query], { waitMs: when.LONG_MS }));
        await store.passTime(when.SHORT_MS);
        expect(load.isOver(), 'it waits while the key is held').toBe(false);
        return ok(load);
      });
      const [facts] = await waiting._unsafeUnwrap().promise;
      expect(facts).toMatchObject({ storedAnswer: { bodyHash: first.idempotency?.bodyHash } });
    },
  },
  {
    name: 'a wait for a build ends when its locks are given up, and what was written meanwhile is read',
    concurrent: true,
    run: async (store) => {
      const build = await given.build(store, await given.project(store));
      const claimed = await when.claim(store, build);
      const waiting = await store.repository.transaction(async (tx) => {
        expect(await store.repository.save(tx, [deferredDecision(claimed)])).toEqual(['ok']);
        const load = when.watched(store.repository.loadBuilds([build], { waitMs: when.LONG_MS }));
        await store.passTime(when.SHORT_MS);
        expect(load.isOver(), 'it waits while the locks are held').toBe(false);
        return ok(load);
      });
      expect(await waiting._unsafeUnwrap().promise).toMatchObject([{ calls: [{ outcome: 'refused' }] }]);
    },
  },
  {
    name: 'a wait that runs out is no error: the facts are read all the same',
    concurrent: true,
    run: async (store) => {
      const project = await given.project(store);
      const build = await given.build(store, project);
      await when.locked(store, ['projects', project.projectId], async () => {
        const query = then.aboutVersion(project.tenantId, project.versionId);
        const [facts] = await store.repository.loadRequests([query], { waitMs: when.SHORT_MS });
        expect(facts?.candidates).toMatchObject([{ binding: { id: build.bindingId } }]);
        const builds = await store.repository.loadBuilds([build], { waitMs: when.SHORT_MS });
        expect(builds).toMatchObject([{ binding: { id: build.bindingId } }]);
      });
    },
  },
];
