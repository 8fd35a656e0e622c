import { expect } from 'vitest';
import { projectTask, stableId } from '../../builders.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

const STARTABLE = ['Ready for Build', 'Awaiting Client Approval'];

/** What `loadRequests` reads about versions, projects, quotes and tasks. */
export const requestFactsCases: readonly StorageCase[] = [
  {
    name: 'everything about a version comes with it',
    run: async (store) => {
      const project = await given.project(store);
      const task = projectTask(project, 'hand-over-to-qa', { status: 'complete' });
      await store.host.insert({ tasks: [task, projectTask(project, 'a-chore', { kind: 'chore' })] });

      expect(await then.requestFacts(store, then.aboutVersion(project.tenantId, project.versionId))).toEqual({
        storedAnswer: null,
        buildingVersionId: null,
        candidates: [
          {
            automationVersion: {
              id: project.versionId,
              automationId: project.automationId,
              automationName: 'Automation of project',
              status: 'Ready for Build',
              updatedAt: expect.any(String),
              blueprintJson: expect.any(String),
              blueprintBytes: expect.any(Number),
              rowVersion: expect.any(String),
            },
            projects: [
              {
                id: project.projectId,
                name: 'Project of project',
                status: 'Ready for Build',
                rowVersion: expect.any(String),
              },
            ],
            quotes: [
              { id: project.quoteId, status: 'signed', expired: false, rowVersion: expect.any(String) },
            ],
            binding: null,
            buildingSiblingIds: [],
            openBlockers: [],
            checklist: [{ id: task.id, slug: 'hand-over-to-qa', category: 'manual', status: 'complete' }],
          },
        ],
      });
    },
  },
  {
    name: 'every quote of the version comes with it, and says whether it has expired',
    run: async (store) => {
      const project = await given.project(store, { versions: 2 });
      const quote = { tenantId: project.tenantId, automationVersionId: project.versionId, status: 'sent' };
      const past = { ...quote, id: stableId('past'), expiresAt: '2001-01-01T00:00:00.000Z' };
      const future = { ...quote, id: stableId('future'), expiresAt: '2999-01-01T00:00:00.000Z' };
      await store.host.insert({ quotes: [past, future] });

      const { quotes } = await then.candidate(store, project);
      expect(new Map(quotes.map(({ id, status, expired }) => [id, { status, expired }]))).toEqual(
        new Map([
          [project.quoteId, { status: 'signed', expired: false }],
          [past.id, { status: 'sent', expired: true }],
          [future.id, { status: 'sent', expired: false }],
        ]),
      );
    },
  },
  {
    name: 'of the blockers only the open ones count',
    run: async (store) => {
      const project = await given.project(store);
      const elsewhere = await given.project(store, { name: 'elsewhere' });
      const blocker = { kind: 'issue', isBlocker: true };
      const pending = projectTask(project, 'pending', { ...blocker, title: 'Get access' });
      const started = projectTask(project, 'started', { ...blocker, status: 'in_progress' });
      await store.host.insert({
        tasks: [
          pending,
          started,
          projectTask(project, 'complete', { ...blocker, status: 'complete' }),
          projectTask(project, 'no-blocker', { kind: 'issue' }),
          projectTask(elsewhere, 'of-another-project', blocker),
        ],
      });

      const { openBlockers } = await then.candidate(store, project);
      expect(openBlockers).toHaveLength(2);
      expect(openBlockers).toEqual(
        expect.arrayContaining([
          { id: pending.id, title: 'Get access' },
          { id: started.id, title: started.title },
        ]),
      );
    },
  },
  {
    name: 'of the other versions of the project those that are being built are named',
    needs: 'have_several_versions_of_a_project',
    run: async (store) => {
      const project = await given.project(store, { versions: 3 });
      const [, building, inQa] = project.versionIds;
      await store.host.update('automationVersions', `${building}`, { status: 'Build in Progress' });
      await store.host.update('automationVersions', `${inQa}`, { status: 'QA & Testing' });

      expect((await then.candidate(store, project)).buildingSiblingIds).toEqual([building]);
      const itself = await then.candidate(store, { ...project, versionId: `${building}` });
      expect(itself.buildingSiblingIds).toEqual([]);
    },
  },
  {
    name: 'a project has all of its startable versions as candidates, and names the one that is being built',
    needs: 'have_several_versions_of_a_project',
    run: async (store) => {
      const project = await given.project(store, { versions: 4 });
      await given.project(store, { name: 'elsewhere' });
      const [first, second, building, archived] = project.versionIds;
      await store.host.update('automationVersions', `${second}`, { status: 'Awaiting Client Approval' });
      await store.host.update('automationVersions', `${building}`, { status: 'Build in Progress' });
      await store.host.update('automationVersions', `${archived}`, { status: 'Archived' });

      const target = { projectId: project.projectId, startableStatuses: STARTABLE };
      const facts = await then.requestFacts(store, { tenantId: project.tenantId, target, idempotency: null });
      const ids = facts.candidates.map(({ automationVersion }) => automationVersion.id);
      expect(ids.toSorted()).toEqual([`${first}`, `${second}`].toSorted());
      expect(facts.candidates.map((each) => each.buildingSiblingIds)).toEqual([[building], [building]]);
      expect(facts.buildingVersionId).toBe(building);

      const named = await then.candidate(store, project);
      expect(facts.candidates, 'as when asked by version').toContainEqual(named);
    },
  },
  {
    name: 'a version that hangs on no project has none, and nothing of one',
    run: async (store) => {
      const project = await given.project(store, { versions: 2 });
      await store.host.insert({ tasks: [projectTask(project, 'blocker', { isBlocker: true })] });
      await store.host.update('automationVersions', project.versionId, { projectId: null });
      await store.host.update('automationVersions', `${project.versionIds[1]}`, {
        status: 'Build in Progress',
      });

      expect(await then.candidate(store, project)).toMatchObject({
        automationVersion: { id: project.versionId },
        projects: [],
        quotes: [{ id: project.quoteId }],
        buildingSiblingIds: [],
        openBlockers: [],
        checklist: [],
      });
    },
  },
  {
    name: 'answers come in the order of the questions, and an id that leads nowhere spoils none of them',
    run: async (store) => {
      const one = await given.project(store, { name: 'one' });
      const two = await given.project(store, { name: 'two' });
      const asked = [two.versionId, given.NOBODY, one.versionId, 'no id at all', two.versionId];
      const facts = await store.repository.loadRequests(
        asked.map((id) => then.aboutVersion(one.tenantId, id)),
      );

      const found = facts.map(({ candidates }) =>
        candidates.map(({ automationVersion }) => automationVersion.id),
      );
      expect(found).toEqual([[two.versionId], [], [one.versionId], [], [two.versionId]]);
      expect(await store.repository.loadRequests([])).toEqual([]);
    },
  },
  {
    name: 'a stored answer is found by operation and key, and by nothing else',
    run: async (store) => {
      const project = await given.project(store);
      const decision = await given.acceptance(store, project, { idempotencyKey: 'key' });
      expect(await when.save(store, decision)).toEqual(['ok']);

      const answerTo = async (operation: string, key: string) => {
        const query = then.aboutVersion(project.tenantId, project.versionId);
        return (await then.requestFacts(store, { ...query, idempotency: { operation, key } })).storedAnswer;
      };
      expect(await answerTo('request_build', 'key')).toEqual({
        bodyHash: decision.idempotency?.bodyHash,
        answer: decision.idempotency?.answer,
      });
      const gone = {
        ...then.aboutVersion(project.tenantId, given.NOBODY),
        idempotency: { operation: 'request_build', key: 'key' },
      };
      expect(await then.requestFacts(store, gone), 'also when the version is gone').toMatchObject({
        candidates: [],
        storedAnswer: { answer: decision.idempotency?.answer },
      });
      expect(await answerTo('request_build', 'KEY')).toBeNull();
      expect(await answerTo('another_operation', 'key')).toBeNull();
    },
  },
];
