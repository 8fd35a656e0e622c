import { expect } from 'vitest';
import { OTHER_TENANT, projectTask, stableId } from '../../builders.js';
import { acceptedDecision, completedDecision, lateAnswerDecision } from '../../decision-builders.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** One tenant's rows look to every other tenant as if they were not there. */
export const tenantCases: readonly StorageCase[] = [
  {
    name: 'a version or project of another tenant cannot be told from one that does not exist',
    run: async (store) => {
      const theirs = await given.project(store, { tenantId: OTHER_TENANT });
      const ours = await given.project(store);
      const target = (projectId: string) => ({ projectId, startableStatuses: ['Ready for Build'] });
      const { tenantId } = ours;

      const missing = await then.requestFacts(store, then.aboutVersion(tenantId, given.NOBODY));
      expect(missing).toEqual({ storedAnswer: null, candidates: [], buildingVersionId: null });
      expect(await then.requestFacts(store, then.aboutVersion(tenantId, theirs.versionId))).toEqual(missing);
      const byProject = { tenantId, target: target(theirs.projectId), idempotency: null };
      expect(await then.requestFacts(store, byProject)).toEqual(missing);
    },
  },
  {
    name: "another tenant's quote, task or sibling that points at our rows is not seen",
    run: async (store) => {
      const ours = await given.project(store);
      const theirs = await given.project(store, { tenantId: OTHER_TENANT });
      const before = await then.candidate(store, ours);
      const tenantId = OTHER_TENANT;
      await store.host.insert({
        quotes: [
          {
            id: stableId('q'),
            tenantId,
            automationVersionId: ours.versionId,
            status: 'signed',
            expiresAt: null,
          },
        ],
        tasks: [
          projectTask(ours, 'their-item', { tenantId }),
          projectTask(ours, 'their-blocker', { tenantId, kind: 'issue', isBlocker: true }),
        ],
      });
      const move = { projectId: ours.projectId, status: 'Build in Progress' };
      await store.host.update('automationVersions', theirs.versionId, move);

      expect(await then.candidate(store, ours)).toEqual(before);
      const decision = acceptedDecision(before, { tenantId: ours.tenantId });
      expect(await when.save(store, decision), 'nor do they hold up a request').toEqual(['ok']);
    },
  },
  {
    name: "a version that hangs on another tenant's project has none",
    run: async (store) => {
      const ours = await given.project(store);
      const theirs = await given.project(store, { tenantId: OTHER_TENANT });
      await store.host.update('automationVersions', ours.versionId, { projectId: theirs.projectId });
      expect(await then.candidate(store, ours)).toMatchObject({ projects: [], checklist: [] });
    },
  },
  {
    name: "another tenant's build cannot be read, claimed or kept, even by its ids",
    run: async (store) => {
      const build = await given.build(store, await given.project(store));
      const stranger = { ...build, tenantId: OTHER_TENANT };
      await then.nothingChanges(store, async () => {
        expect(await store.repository.loadBuilds([stranger])).toEqual([null]);
        expect(await store.repository.claimBuilds([stranger], { leaseMs: when.LONG_MS })).toEqual([null]);
      });
      const { fence } = (await when.claim(store, build)).binding;
      const leases = [{ ...stranger, fence }];
      expect(await store.repository.extendLeases(leases, { leaseMs: when.LONG_MS })).toEqual([false]);
    },
  },
  {
    name: "a decision that names another tenant's version, project, quote or binding is stale and writes nothing",
    run: async (store) => {
      const ours = await given.project(store);
      const theirs = await given.project(store, { tenantId: OTHER_TENANT });
      const request = await given.acceptance(store, ours);
      const { guard } = await given.acceptance(store, theirs);
      const { automationVersionRow, project, quote } = guard;
      await when.saveStale(store, { ...request, tenantId: OTHER_TENANT });
      await when.saveStale(store, {
        ...request,
        automationVersionId: theirs.versionId,
        guard: { ...request.guard, automationVersionRow },
      });
      await when.saveStale(store, { ...request, guard: { ...request.guard, project } });
      await when.saveStale(store, { ...request, guard: { ...request.guard, quote } });

      const ourClaim = await when.claim(store, await given.build(store, ours));
      const theirClaim = await when.claim(store, await given.build(store, theirs));
      await when.saveStale(store, { ...completedDecision(ourClaim), bindingId: theirClaim.binding.id });
    },
  },
  {
    name: "a decision never sets another tenant's task and never closes another tenant's call",
    run: async (store) => {
      const theirs = await given.project(store, { tenantId: OTHER_TENANT });
      const theirTask = projectTask(theirs, 'theirs');
      await store.host.insert({ tasks: [theirTask] });
      const theirClaim = await when.claim(store, await given.build(store, theirs));
      const ourClaim = await when.claim(store, await given.build(store, await given.project(store)));

      const completed = completedDecision(ourClaim);
      const setTasks = [...completed.setTasks, { taskId: theirTask.id, status: 'complete' as const }];
      const closeCall = { ...then.present(completed.closeCall), id: theirClaim.call.id };
      await when.save(store, { ...completed, setTasks });
      await when.save(store, { ...lateAnswerDecision(ourClaim), closeCall });

      expect((await store.host.read()).tasks).toContainEqual(theirTask);
      const { calls } = await store.libraryRows();
      expect(calls).toContainEqual(expect.objectContaining({ tenant_id: OTHER_TENANT, outcome: null }));
    },
  },
  {
    name: 'the same idempotency key serves two tenants, each for itself',
    run: async (store) => {
      const ours = await given.project(store);
      const theirs = await given.project(store, { tenantId: OTHER_TENANT });
      const idempotencyKey = 'key';
      const our = await given.acceptance(store, ours, { idempotencyKey });
      expect(await when.save(store, our)).toEqual(['ok']);

      const query = {
        ...then.aboutVersion(OTHER_TENANT, theirs.versionId),
        idempotency: { operation: 'request_build', key: 'key' },
      };
      expect((await then.requestFacts(store, query)).storedAnswer).toBeNull();
      const their = await given.acceptance(store, theirs, { idempotencyKey });
      expect(await when.save(store, their)).toEqual(['ok']);
      expect((await then.requestFacts(store, query)).storedAnswer?.answer).toEqual(their.idempotency?.answer);
    },
  },
];
