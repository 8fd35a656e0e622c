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
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** Every field of a decision lands where it belongs, and nothing else moves. */
export const savedRowsCases: readonly StorageCase[] = [
  {
    name: 'a request writes version, project and the whole binding',
    run: async (store) => {
      const project = await given.project(store, { versions: 2 });
      await store.host.update('projects', project.projectId, { checklistProgress: 70, status: 'Scoping' });
      const decision = await given.acceptance(store, project);
      expect(await when.save(store, decision)).toEqual(['ok']);

      const { host, library } = await then.everything(store);
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
      const {
        runInMs: _now,
        followUpInMs: _nothing,
        errorDetails: _none,
        ...stored
      } = { ...decision.binding };
      expect((await then.build(store, decision)).binding).toEqual({
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
      const decision = await given.acceptance(store, await given.project(store));
      expect(decision.messages).not.toEqual([]);
      expect(decision.audit).not.toBeNull();
      await when.save(store, decision);
      expect(await store.libraryRows()).toMatchObject({ messages: [], audit: [] });
    },
  },
  {
    name: 'tasks are created where they are missing, and set where they are there',
    run: async (store) => {
      const project = await given.project(store);
      const done = projectTask(project, 'hand-over-to-qa', { status: 'complete' });
      const other = projectTask(project, 'a-chore', { kind: 'chore', status: 'complete' });
      await store.host.insert({ tasks: [done, other] });
      await when.save(store, await given.acceptance(store, project));

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
      const project = await given.project(store);
      const decision = await given.acceptance(store, project);
      const theirs = projectTask(project, 'create-workflow', { status: 'in_progress', title: 'Theirs' });
      await store.host.insert({ tasks: [theirs] });

      expect(await when.save(store, decision)).toEqual(['ok']);
      const { tasks } = await store.host.read();
      expect(tasks.filter((task) => task.templateSlug === 'create-workflow')).toEqual([theirs]);
      expect(tasks).toHaveLength(2);
    },
  },
  {
    name: 'a completion writes workflow, version, project, tasks and call',
    run: async (store) => {
      const project = await given.project(store);
      const build = await given.build(store, project);
      const claimed = await when.claim(store, build);
      expect(await when.save(store, completedDecision(claimed, { workflowId: 'wf-1' }))).toEqual(['ok']);

      const workflow = { workflowId: 'wf-1', workflowUrl: 'https://wrk.example/workflows/wf-1' };
      expect(await then.build(store, build)).toMatchObject({
        binding: { ...workflow, status: 'active', fence: claimed.binding.fence },
        automationVersion: { status: 'QA & Testing' },
        project: { status: 'QA & Testing' },
        calls: [{ id: claimed.call.id, outcome: 'created', ...workflow }],
      });
      const { host, library } = await then.everything(store);
      expect(host.projects).toMatchObject([{ checklistProgress: 50 }]);
      const statuses = host.tasks.map(({ category, status }) => `${category} ${status}`);
      expect(statuses.toSorted()).toEqual(['integration complete', 'manual pending']);
      expect(library.calls).toMatchObject([{ outcome: 'created', detail: 'WRK has the workflow' }]);
    },
  },
  {
    name: 'a failure writes its reason and details, a retry takes them away and begins another run',
    run: async (store) => {
      const build = await given.build(store);
      const failed = failedDecision(await when.claim(store, build));
      expect(await when.save(store, failed)).toEqual(['ok']);
      const { library } = await then.everything(store);
      expect(library.bindings).toMatchObject([
        { status: 'error', error_reason: 'blueprint_rejected', error_details: failed.binding?.errorDetails },
      ]);

      expect(await when.save(store, retriedDecision(await then.build(store, build)))).toEqual(['ok']);
      const rows = await store.libraryRows();
      expect(rows.bindings).toMatchObject([{ status: 'pending', error_reason: null, error_details: null }]);
      expect((await then.build(store, build)).binding).toMatchObject({ run: 2, fence: 3, errorReason: null });
    },
  },
  {
    name: 'a project whose status stays is written all the same, because its row orders everything',
    run: async (store) => {
      const project = await given.project(store);
      const claimed = await when.claim(store, await given.build(store, project));
      const decision = deferredDecision(claimed);
      expect(decision.project).toEqual({ status: null, checklistProgress: 0 });
      expect(await when.save(store, decision)).toEqual(['ok']);

      const [after] = (await then.candidate(store, project)).projects;
      expect(after).toEqual({ ...claimed.project, rowVersion: expect.any(String) });
      expect(after?.rowVersion).not.toBe(claimed.project?.rowVersion);
    },
  },
  {
    name: 'a second request for a version that was built before reuses its binding',
    run: async (store) => {
      const project = await given.project(store);
      const build = await given.build(store, project);
      const claimed = await when.claim(store, build);
      const cancelled = { ...failedDecision(claimed), automationVersionStatus: 'Ready for Build' };
      const binding = cancelled.binding && { ...cancelled.binding, status: 'cancelled' as const };
      expect(await when.save(store, { ...cancelled, binding })).toEqual(['ok']);

      const again = acceptedDecision(await then.candidate(store, project), { tenantId: project.tenantId });
      expect(await when.save(store, again)).toEqual(['ok']);
      const facts = await then.build(store, build);
      expect(facts.binding).toMatchObject({ id: build.bindingId, status: 'pending', run: 2 });
      expect(facts.calls).toHaveLength(1);
    },
  },
  {
    name: 'a late answer closes its own call and touches nothing else',
    run: async (store) => {
      const build = await given.build(store);
      const first = await when.claim(store, build, when.SHORT_MS);
      await when.timePasses(store);
      const second = await when.claim(store, build);
      const { calls: _before, ...before } = await then.build(store, build);

      expect(await when.save(store, lateAnswerDecision(first))).toEqual(['ok']);
      const { calls, ...after } = await then.build(store, build);
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
      const build = await given.build(store);
      const claimed = await when.claim(store, build);
      await when.save(store, failedDecision(claimed));
      expect(await when.save(store, lateAnswerDecision(claimed))).toEqual(['ok']);
      expect((await then.build(store, build)).calls).toMatchObject([
        { outcome: 'rejected', workflowId: null },
      ]);
      expect((await store.libraryRows()).calls).toMatchObject([{ detail: 'WRK refused it' }]);
    },
  },
];
