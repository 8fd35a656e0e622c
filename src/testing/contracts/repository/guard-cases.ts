import { expect } from 'vitest';
import type { BuildDecision } from '../../../core/build/decision.js';
import { type BuildableProject, projectTask, stableId } from '../../builders.js';
import { deferredDecision } from '../../decision-builders.js';
import type { HostLimit, StorageHarness } from '../../storage-harness.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as when from '../support/when.js';

/** A change that comes between reading the facts and writing the decision, and that one guard alone can notice. */
interface Intrusion {
  readonly what: string;
  readonly needs?: HostLimit;
  readonly intrude: <Tx>(store: StorageHarness<Tx>, project: BuildableProject) => Promise<void>;
}

const INTRUSIONS: readonly Intrusion[] = [
  {
    what: 'the version was written',
    intrude: (store, { versionId }) =>
      store.host.update('automationVersions', versionId, { status: 'Ready for Build' }),
  },
  {
    what: 'the project was written',
    intrude: (store, { projectId }) => store.host.update('projects', projectId, { name: 'New name' }),
  },
  {
    what: 'the quote was withdrawn',
    intrude: (store, { quoteId }) => store.host.update('quotes', quoteId, { status: 'withdrawn' }),
  },
  {
    what: 'a blocker was opened',
    intrude: (store, project) =>
      store.host.insert({ tasks: [projectTask(project, 'blocker', { kind: 'issue', isBlocker: true })] }),
  },
  {
    what: 'another version of the project went into building',
    needs: 'have_several_versions_of_a_project',
    intrude: (store, { versionIds }) =>
      store.host.update('automationVersions', `${versionIds[1]}`, { status: 'Build in Progress' }),
  },
];

/** Each guard alone makes a decision stale, and then nothing at all of it is written. */
export const guardCases: readonly StorageCase[] = [
  ...INTRUSIONS.map(
    ({ what, needs, intrude }): StorageCase => ({
      name: `a request is stale when meanwhile ${what}, and nothing of it is written`,
      ...(needs ? { needs } : {}),
      run: async (store) => {
        const project = await given.project(store, { versions: 2 });
        const decision = await given.acceptance(store, project, { idempotencyKey: 'key' });
        await intrude(store, project);
        await when.saveStale(store, decision);
      },
    }),
  ),
  {
    name: 'a request that counts on no binding is stale when there is one',
    run: async (store) => {
      const project = await given.project(store);
      await given.build(store, project);
      const decision = await given.acceptance(store, project, { label: 'second' });
      const bindingId = stableId('another binding');
      await when.saveStale(store, {
        ...decision,
        bindingId,
        guard: { ...decision.guard, binding: 'absent' },
      });
    },
  },
  {
    name: 'a decision of a worker is stale when the fence is another, and when the status is',
    run: async (store) => {
      const decision = deferredDecision(
        await when.claim(store, await given.build(store, await given.project(store))),
      );
      const guardOf = (binding: BuildDecision['guard']['binding']) => ({
        ...decision,
        guard: { ...decision.guard, binding },
      });
      await when.saveStale(store, guardOf({ fence: 1, status: 'pending' }));
      await when.saveStale(store, guardOf({ fence: 3, status: 'pending' }));
      await when.saveStale(store, guardOf({ fence: 2, status: 'error' }));
      expect(await when.save(store, guardOf({ fence: 2, status: 'pending' }))).toEqual(['ok']);
    },
  },
  {
    name: 'a decision about a quote, version or project that was deleted meanwhile is stale',
    run: async (store) => {
      const project = await given.project(store);
      const request = await given.acceptance(store, project, { idempotencyKey: 'key' });
      await store.host.remove('quotes', project.quoteId);
      await when.saveStale(store, request);

      const decision = deferredDecision(await when.claim(store, await given.build(store, project)));
      await store.host.remove('automationVersions', project.versionId);
      await when.saveStale(store, decision);
      await store.host.remove('projects', project.projectId);
      await when.saveStale(store, { ...decision, guard: { ...decision.guard, automationVersionRow: null } });
    },
  },
  {
    name: 'what a decision does not guard may have changed',
    run: async (store) => {
      const project = await given.project(store, { versions: 2 });
      const decision = deferredDecision(await when.claim(store, await given.build(store, project)));
      await store.host.update('quotes', project.quoteId, { status: 'withdrawn' });
      await store.host.update('automationVersions', project.versionId, { status: 'Archived' });
      await store.host.update('automationVersions', `${project.versionIds[1]}`, {
        status: 'Build in Progress',
      });
      await store.host.insert({ tasks: [projectTask(project, 'blocker', { isBlocker: true })] });

      const guard = { ...decision.guard, automationVersionRow: null };
      expect(await when.save(store, { ...decision, guard })).toEqual(['ok']);
    },
  },
];
