import { expect } from 'vitest';
import { OTHER_TENANT, projectTask, stableId } from '../../builders.js';
import { acceptedDecision, completedDecision, lateAnswerDecision } from '../../decision-builders.js';
import type { StorageCase } from '../support/storage-case.js';
import {
  aboutVersion,
  accept,
  candidateOf,
  changingNothing,
  claim,
  expectStale,
  factsOf,
  LONG_MS,
  NOBODY,
  present,
  requestOf,
  save,
  seed,
} from '../support/store-steps.js';

/** One tenant's rows look to every other tenant as if they were not there. */
export const tenantCases: readonly StorageCase[] = [
  {
    name: 'a version or project of another tenant cannot be told from one that does not exist',
    run: async (store) => {
      const theirs = await seed(store, { tenantId: OTHER_TENANT });
      const ours = await seed(store);
      const target = (projectId: string) => ({ projectId, startableStatuses: ['Ready for Build'] });
      const { tenantId } = ours;

      const missing = await factsOf(store, aboutVersion(tenantId, NOBODY));
      expect(missing).toEqual({ storedAnswer: null, candidates: [], buildingVersionId: null });
      expect(await factsOf(store, aboutVersion(tenantId, theirs.versionId))).toEqual(missing);
      const byProject = { tenantId, target: target(theirs.projectId), idempotency: null };
      expect(await factsOf(store, byProject)).toEqual(missing);
    },
  },
  {
    name: "another tenant's quote, task or sibling that points at our rows is not seen",
    run: async (store) => {
      const ours = await seed(store);
      const theirs = await seed(store, { tenantId: OTHER_TENANT });
      const before = await candidateOf(store, ours);
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

      expect(await candidateOf(store, ours)).toEqual(before);
      const decision = acceptedDecision(before, { tenantId: ours.tenantId });
      expect(await save(store, decision), 'nor do they hold up a request').toEqual(['ok']);
    },
  },
  {
    name: "a version that hangs on another tenant's project has none",
    run: async (store) => {
      const ours = await seed(store);
      const theirs = await seed(store, { tenantId: OTHER_TENANT });
      await store.host.update('automationVersions', ours.versionId, { projectId: theirs.projectId });
      expect(await candidateOf(store, ours)).toMatchObject({ projects: [], checklist: [] });
    },
  },
  {
    name: "another tenant's build cannot be read, claimed or kept, even by its ids",
    run: async (store) => {
      const build = await accept(store, await seed(store));
      const stranger = { ...build, tenantId: OTHER_TENANT };
      await changingNothing(store, async () => {
        expect(await store.repository.loadBuilds([stranger])).toEqual([null]);
        expect(await store.repository.claimBuilds([stranger], { leaseMs: LONG_MS })).toEqual([null]);
      });
      const { fence } = (await claim(store, build)).binding;
      const leases = [{ ...stranger, fence }];
      expect(await store.repository.extendLeases(leases, { leaseMs: LONG_MS })).toEqual([false]);
    },
  },
  {
    name: "a decision that names another tenant's version, project, quote or binding is stale and writes nothing",
    run: async (store) => {
      const ours = await seed(store);
      const theirs = await seed(store, { tenantId: OTHER_TENANT });
      const request = await requestOf(store, ours);
      const { guard } = await requestOf(store, theirs);
      const { automationVersionRow, project, quote } = guard;
      await expectStale(store, { ...request, tenantId: OTHER_TENANT });
      await expectStale(store, {
        ...request,
        automationVersionId: theirs.versionId,
        guard: { ...request.guard, automationVersionRow },
      });
      await expectStale(store, { ...request, guard: { ...request.guard, project } });
      await expectStale(store, { ...request, guard: { ...request.guard, quote } });

      const ourClaim = await claim(store, await accept(store, ours));
      const theirClaim = await claim(store, await accept(store, theirs));
      await expectStale(store, { ...completedDecision(ourClaim), bindingId: theirClaim.binding.id });
    },
  },
  {
    name: "a decision never sets another tenant's task and never closes another tenant's call",
    run: async (store) => {
      const theirs = await seed(store, { tenantId: OTHER_TENANT });
      const theirTask = projectTask(theirs, 'theirs');
      await store.host.insert({ tasks: [theirTask] });
      const theirClaim = await claim(store, await accept(store, theirs));
      const ourClaim = await claim(store, await accept(store, await seed(store)));

      const completed = completedDecision(ourClaim);
      const setTasks = [...completed.setTasks, { taskId: theirTask.id, status: 'complete' as const }];
      const closeCall = { ...present(completed.closeCall), id: theirClaim.call.id };
      await save(store, { ...completed, setTasks });
      await save(store, { ...lateAnswerDecision(ourClaim), closeCall });

      expect((await store.host.read()).tasks).toContainEqual(theirTask);
      const { calls } = await store.libraryRows();
      expect(calls).toContainEqual(expect.objectContaining({ tenant_id: OTHER_TENANT, outcome: null }));
    },
  },
  {
    name: 'the same idempotency key serves two tenants, each for itself',
    run: async (store) => {
      const ours = await seed(store);
      const theirs = await seed(store, { tenantId: OTHER_TENANT });
      const idempotencyKey = 'key';
      const our = await requestOf(store, ours, { idempotencyKey });
      expect(await save(store, our)).toEqual(['ok']);

      const query = {
        ...aboutVersion(OTHER_TENANT, theirs.versionId),
        idempotency: { operation: 'request_build', key: 'key' },
      };
      expect((await factsOf(store, query)).storedAnswer).toBeNull();
      const their = await requestOf(store, theirs, { idempotencyKey });
      expect(await save(store, their)).toEqual(['ok']);
      expect((await factsOf(store, query)).storedAnswer?.answer).toEqual(their.idempotency?.answer);
    },
  },
];
