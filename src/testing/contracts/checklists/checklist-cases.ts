import { err, ok } from 'neverthrow';
import { expect } from 'vitest';
import { OTHER_TENANT, projectTask } from '../../builders.js';
import { capabilityOf } from '../support/capability-of.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** How a project's progress is kept. */
export const checklistCases: readonly StorageCase[] = [
  {
    name: 'the checklist of a project is read as a request reads it, and its progress is written',
    run: async (store) => {
      const project = await given.project(store);
      const tasks = [
        projectTask(project, 'a', { status: 'complete' }),
        projectTask(project, 'b'),
        projectTask(project, 'a-chore', { kind: 'chore' }),
      ];
      await store.host.insert({ tasks });
      const { tenantId, projectId } = project;
      const before = await then.candidate(store, project);
      const read = await when.commit(store, async (tx) => {
        const checklist = await capabilityOf(store, 'checklists').lockChecklist(
          tx,
          { tenantId, projectId },
          { wait: true },
        );
        await capabilityOf(store, 'checklists').saveProgress(tx, {
          tenantId,
          projectId,
          checklistProgress: 50,
        });
        return checklist;
      });
      expect(read).toEqual(before.checklist);
      expect(read).toHaveLength(2);
      const after = await then.candidate(store, project);
      expect((await store.host.read()).projects).toMatchObject([
        { checklistProgress: 50, status: before.projects[0]?.status },
      ]);
      expect(after.projects[0]?.rowVersion).not.toBe(before.projects[0]?.rowVersion);
    },
  },
  {
    name: 'the row version moves though the progress stays',
    run: async (store) => {
      const project = await given.project(store);
      const { tenantId, projectId } = project;
      const before = await then.candidate(store, project);
      await when.commit(store, (tx) =>
        capabilityOf(store, 'checklists').saveProgress(tx, { tenantId, projectId, checklistProgress: 0 }),
      );
      const after = await then.candidate(store, project);
      expect(after.projects[0]?.rowVersion).not.toBe(before.projects[0]?.rowVersion);
    },
  },
  {
    name: 'a project of another tenant, or of nobody, is not found and not written',
    run: async (store) => {
      const { projectId, tenantId } = await given.project(store);
      const strange = [
        { tenantId: OTHER_TENANT, projectId },
        { tenantId, projectId: given.NOBODY },
        { tenantId, projectId: 'no id at all' },
      ];
      await when.commit(store, async (tx) => {
        for (const project of strange) {
          for (const wait of [true, false])
            expect(await capabilityOf(store, 'checklists').lockChecklist(tx, project, { wait })).toBeNull();
        }
        await capabilityOf(store, 'checklists').saveProgress(tx, {
          tenantId: OTHER_TENANT,
          projectId,
          checklistProgress: 99,
        });
      });
      expect((await store.host.read()).projects).toMatchObject([{ checklistProgress: 0 }]);
    },
  },
  {
    name: 'progress that is rolled back is not there',
    run: async (store) => {
      const { projectId, tenantId } = await given.project(store);
      await store.repository.transaction(async (tx) => {
        await capabilityOf(store, 'checklists').saveProgress(tx, {
          tenantId,
          projectId,
          checklistProgress: 99,
        });
        return err('no');
      });
      expect((await store.host.read()).projects).toMatchObject([{ checklistProgress: 0 }]);
    },
  },
  {
    name: 'who locks the checklist waits for who has it, and then reads what was changed meanwhile',
    concurrent: true,
    run: async (store) => {
      const project = await given.project(store);
      const { tenantId, projectId } = project;
      let end = () => {};
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      let locked = () => {};
      const isLocked = new Promise<void>((resolve) => {
        locked = resolve;
      });
      const first = store.repository.transaction(async (tx) => {
        await capabilityOf(store, 'checklists').lockChecklist(tx, { tenantId, projectId }, { wait: true });
        locked();
        await ended;
        return ok(undefined);
      });
      await isLocked;
      const second = when.watched(
        when.commit(store, (tx) =>
          capabilityOf(store, 'checklists').lockChecklist(tx, { tenantId, projectId }, { wait: true }),
        ),
      );
      await store.host.insert({ tasks: [projectTask(project, 'late')] });
      await store.passTime(20);
      expect(second.isOver()).toBe(false);
      end();
      await first;
      expect(await second.promise).toMatchObject([{ slug: 'late' }]);
    },
  },
  {
    name: 'who does not wait for a project is told that somebody has it, and has it once it is free',
    concurrent: true,
    run: async (store) => {
      const { tenantId, projectId } = await given.project(store);
      const lock = () =>
        when.commit(store, (tx) =>
          capabilityOf(store, 'checklists').lockChecklist(tx, { tenantId, projectId }, { wait: false }),
        );
      await when.locked(store, ['projects', projectId], async () => expect(await lock()).toBe('busy'));
      expect(await lock()).toEqual([]);
    },
  },
];
