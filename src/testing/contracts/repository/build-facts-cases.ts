import { expect } from 'vitest';
import { projectTask } from '../../builders.js';
import { completedDecision, deferredDecision, failedDecision } from '../../decision-builders.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** What `loadBuilds` reads. */
export const buildFactsCases: readonly StorageCase[] = [
  {
    name: 'a build comes with its version, its project and its checklist, as a request reads them',
    run: async (store) => {
      const project = await given.project(store);
      await store.host.insert({ tasks: [projectTask(project, 'hand-over-to-qa', { status: 'complete' })] });
      const build = await given.build(store, project);
      const { automationVersion, projects, binding, checklist } = await then.candidate(store, project);

      expect(binding).toMatchObject({ id: build.bindingId, status: 'pending', run: 1, fence: 1 });
      expect(await then.build(store, build)).toEqual({
        tenantId: project.tenantId,
        automationVersionId: project.versionId,
        binding,
        automationVersion,
        project: projects[0],
        checklist: expect.arrayContaining([...checklist]),
        calls: [],
        buildingSiblingIds: [],
        contentHash: expect.any(String),
        isHeld: false,
        circuitBreakers: [],
      });
      expect(checklist).toHaveLength(2);
    },
  },
  {
    name: 'answers come in the order of the questions, null for what leads nowhere',
    run: async (store) => {
      const one = await given.build(store, { name: 'one' });
      const two = await given.build(store, { name: 'two' });
      const asked = [two.bindingId, given.NOBODY, one.bindingId, 'no id at all', two.bindingId];
      const facts = await store.repository.loadBuilds(
        asked.map((bindingId) => ({ tenantId: one.tenantId, bindingId })),
      );
      expect(facts.map((each) => each?.binding.id ?? null)).toEqual([
        two.bindingId,
        null,
        one.bindingId,
        null,
        two.bindingId,
      ]);
      expect(await store.repository.loadBuilds([])).toEqual([]);
    },
  },
  {
    name: 'a build whose version was cut off from its project has no project and no checklist',
    run: async (store) => {
      const project = await given.project(store);
      const build = await given.build(store, project);
      await store.host.update('automationVersions', project.versionId, { projectId: null });
      const facts = await then.build(store, build);
      expect(facts).toMatchObject({
        project: null,
        checklist: [],
        automationVersion: { id: project.versionId },
      });
    },
  },
  {
    name: 'a build whose version and project were deleted is still there, and can still end',
    run: async (store) => {
      const project = await given.project(store);
      const build = await given.build(store, project);
      for (const task of (await store.host.read()).tasks) await store.host.remove('tasks', task.id);
      await store.host.remove('quotes', project.quoteId);
      await store.host.remove('automationVersions', project.versionId);
      await store.host.remove('projects', project.projectId);

      const claimed = await when.claim(store, build);
      expect(claimed).toMatchObject({ automationVersion: null, project: null, checklist: [] });
      expect(await when.save(store, failedDecision(claimed))).toEqual(['ok']);
      expect((await then.build(store, build)).binding.status).toBe('error');
    },
  },
  {
    name: 'the ledger comes whole, oldest call first, with what became of each',
    run: async (store) => {
      const build = await given.build(store);
      const first = await when.claim(store, build);
      await when.save(store, deferredDecision(first));
      await store.passTime(2);
      const second = await when.claim(store, build);
      await when.save(store, completedDecision(second, { workflowId: 'wf-1' }));

      const { contentHash } = first;
      expect((await then.build(store, build)).calls).toEqual([
        {
          id: first.call.id,
          run: 1,
          number: 1,
          contentHash,
          outcome: 'refused',
          detail: 'WRK asked for patience',
          findings: [],
          workflowId: null,
          workflowUrl: null,
          startedMsAgo: expect.any(Number),
          closedMsAgo: expect.any(Number),
        },
        {
          id: second.call.id,
          run: 1,
          number: 2,
          contentHash,
          outcome: 'created',
          detail: 'WRK has the workflow',
          findings: [],
          workflowId: 'wf-1',
          workflowUrl: 'https://wrk.example/workflows/wf-1',
          startedMsAgo: expect.any(Number),
          closedMsAgo: expect.any(Number),
        },
      ]);
    },
  },
];
