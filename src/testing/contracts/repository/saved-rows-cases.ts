import { expect } from 'vitest';
import { projectTask } from '../../builders.js';
import {
  acceptedDecision,
  completedDecision,
  deferredDecision,
  failedDecision,
  lateAnswerDecision,
  retriedDecision,
} from '../../decision-builders.js';
import type { StorageCase } from '../support/storage-case.js';
import {
  accept,
  acceptNew,
  buildOf,
  candidateOf,
  claim,
  everything,
  outlast,
  requestOf,
  SHORT_MS,
  save,
  seed,
} from '../support/store-steps.js';

/** Every field of a decision lands where it belongs, and nothing else moves. */
export const savedRowsCases: readonly StorageCase[] = [
  {
    name: 'a request writes version, project and the whole binding',
    run: async (store) => {
      const project = await seed(store, { versions: 2 });
      await store.host.update('projects', project.projectId, { checklistProgress: 70, status: 'Scoping' });
      const decision = await requestOf(store, project);
      expect(await save(store, decision)).toEqual(['ok']);

      const { host, library } = await everything(store);
      expect(host.projects).toMatchObject([{ status: 'Build in Progress', checklistProgress: 0 }]);
      const statuses = new Map(host.automationVersions.map(({ id, status }) => [id, status]));
      expect(statuses.get(project.versionId)).toBe('Build in Progress');
      expect(statuses.get(`${project.versionIds[1]}`)).toBe('Ready for Build');
      expect(library.bindings).toEqual([
        expect.objectContaining({
          tenant_id: decision.tenantId,
          automation_version_id: project.versionId,
          decision_id: decision.id,
        }),
      ]);
      const { runInMs: _now, errorDetails: _none, ...stored } = { ...decision.binding };
      expect((await buildOf(store, decision)).binding).toEqual({
        id: decision.bindingId,
        assigneeId: decision.assignee?.id,
        ...stored,
      });
      expect(stored).toMatchObject({
        cameFromVersionStatus: 'Ready for Build',
        cameFromProjectStatus: 'Scoping',
      });
    },
  },
  {
    name: 'messages and audit entries are not written by save: they have ports of their own',
    run: async (store) => {
      const decision = await requestOf(store, await seed(store));
      expect(decision.messages).not.toEqual([]);
      expect(decision.audit).not.toBeNull();
      await save(store, decision);
      expect(await store.libraryRows()).toMatchObject({ messages: [], audit: [] });
    },
  },
  {
    name: 'tasks are created where they are missing, and set where they are there',
    run: async (store) => {
      const project = await seed(store);
      const done = projectTask(project, 'hand-over-to-qa', { status: 'complete' });
      const other = projectTask(project, 'a-chore', { kind: 'chore', status: 'complete' });
      await store.host.insert({ tasks: [done, other] });
      await save(store, await requestOf(store, project));

      const { tasks } = await store.host.read();
      expect(tasks).toHaveLength(3);
      expect(tasks).toContainEqual(other);
      expect(tasks).toContainEqual({ ...done, status: 'pending' });
      expect(tasks).toContainEqual({
        ...projectTask(project, 'create-workflow'),
        id: expect.any(String),
        category: 'integration',
        title: 'Create the workflow',
      });
    },
  },
  {
    name: 'a task that somebody created meanwhile is neither doubled nor changed',
    run: async (store) => {
      const project = await seed(store);
      const decision = await requestOf(store, project);
      const theirs = projectTask(project, 'create-workflow', { status: 'in_progress', title: 'Theirs' });
      await store.host.insert({ tasks: [theirs] });

      expect(await save(store, decision)).toEqual(['ok']);
      const { tasks } = await store.host.read();
      expect(tasks.filter((task) => task.templateSlug === 'create-workflow')).toEqual([theirs]);
      expect(tasks).toHaveLength(2);
    },
  },
  {
    name: 'a completion writes workflow, version, project, tasks and call',
    run: async (store) => {
      const project = await seed(store);
      const build = await accept(store, project);
      const claimed = await claim(store, build);
      expect(await save(store, completedDecision(claimed, { workflowId: 'wf-1' }))).toEqual(['ok']);

      const workflow = { workflowId: 'wf-1', workflowUrl: 'https://wrk.example/workflows/wf-1' };
      expect(await buildOf(store, build)).toMatchObject({
        binding: { ...workflow, status: 'active', fence: claimed.binding.fence },
        automationVersion: { status: 'QA & Testing' },
        project: { status: 'QA & Testing' },
        calls: [{ id: claimed.call.id, outcome: 'created', ...workflow }],
      });
      const { host, library } = await everything(store);
      expect(host.projects).toMatchObject([{ checklistProgress: 50 }]);
      const statuses = host.tasks.map(({ category, status }) => `${category} ${status}`);
      expect(statuses.toSorted()).toEqual(['integration complete', 'manual pending']);
      expect(library.calls).toMatchObject([{ outcome: 'created', detail: 'WRK has the workflow' }]);
    },
  },
  {
    name: 'a failure writes its reason and details, a retry takes them away and begins another run',
    run: async (store) => {
      const build = await acceptNew(store);
      const failed = failedDecision(await claim(store, build));
      expect(await save(store, failed)).toEqual(['ok']);
      const { library } = await everything(store);
      expect(library.bindings).toMatchObject([
        { status: 'error', error_reason: 'blueprint_rejected', error_details: failed.binding?.errorDetails },
      ]);

      expect(await save(store, retriedDecision(await buildOf(store, build)))).toEqual(['ok']);
      const rows = await store.libraryRows();
      expect(rows.bindings).toMatchObject([{ status: 'pending', error_reason: null, error_details: null }]);
      expect((await buildOf(store, build)).binding).toMatchObject({ run: 2, fence: 3, errorReason: null });
    },
  },
  {
    name: 'a project whose status stays is written all the same, because its row orders everything',
    run: async (store) => {
      const project = await seed(store);
      const claimed = await claim(store, await accept(store, project));
      const decision = deferredDecision(claimed);
      expect(decision.project).toEqual({ status: null, checklistProgress: 0 });
      expect(await save(store, decision)).toEqual(['ok']);

      const [after] = (await candidateOf(store, project)).projects;
      expect(after).toEqual({ ...claimed.project, rowVersion: expect.any(String) });
      expect(after?.rowVersion).not.toBe(claimed.project?.rowVersion);
    },
  },
  {
    name: 'a second request for a version that was built before reuses its binding',
    run: async (store) => {
      const project = await seed(store);
      const build = await accept(store, project);
      const claimed = await claim(store, build);
      const cancelled = { ...failedDecision(claimed), automationVersionStatus: 'Ready for Build' };
      const binding = cancelled.binding && { ...cancelled.binding, status: 'cancelled' as const };
      expect(await save(store, { ...cancelled, binding })).toEqual(['ok']);

      const again = acceptedDecision(await candidateOf(store, project), { tenantId: project.tenantId });
      expect(await save(store, again)).toEqual(['ok']);
      const facts = await buildOf(store, build);
      expect(facts.binding).toMatchObject({ id: build.bindingId, status: 'pending', run: 2 });
      expect(facts.calls).toHaveLength(1);
    },
  },
  {
    name: 'a late answer closes its own call and touches nothing else',
    run: async (store) => {
      const build = await acceptNew(store);
      const first = await claim(store, build, SHORT_MS);
      await outlast(store);
      const second = await claim(store, build);
      const { calls: _before, ...before } = await buildOf(store, build);

      expect(await save(store, lateAnswerDecision(first))).toEqual(['ok']);
      const { calls, ...after } = await buildOf(store, build);
      expect(after).toEqual(before);
      expect(calls).toMatchObject([
        { id: first.call.id, outcome: 'created', workflowId: `late-${first.call.id}` },
        { id: second.call.id, outcome: null },
      ]);
    },
  },
  {
    name: 'a call that is closed keeps its first answer',
    run: async (store) => {
      const build = await acceptNew(store);
      const claimed = await claim(store, build);
      await save(store, failedDecision(claimed));
      expect(await save(store, lateAnswerDecision(claimed))).toEqual(['ok']);
      expect((await buildOf(store, build)).calls).toMatchObject([{ outcome: 'rejected', workflowId: null }]);
      expect((await store.libraryRows()).calls).toMatchObject([{ detail: 'WRK refused it' }]);
    },
  },
];
