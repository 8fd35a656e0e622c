import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BuildableProject, buildableProject, projectTask } from '../../../../src/testing/builders.js';
import { buildsOver } from '../../../postgres/support.js';
import type { HostLibrary, HostStore } from './host-libraries.js';

/** What becomes of a count of the checklist in a transaction that the host began with this library. */
export function checklistSuite(library: HostLibrary): void {
  describe(`a count of the checklist in a transaction of ${library.name}`, () => {
    let store: HostStore;
    let project: BuildableProject;
    let tasks: readonly ReturnType<typeof projectTask>[];
    beforeAll(async () => {
      store = await library.open();
    });
    beforeEach(async () => {
      await store.clear();
      project = buildableProject();
      tasks = ['a', 'b'].map((slug) => projectTask(project, slug));
      await store.host.insert(project.rows);
      await store.host.insert({ tasks });
    });
    afterAll(() => store?.close());

    /** Completes the first task there and counts; the progress that was answered. */
    const completeOne = ({ tx, run }: Parameters<Parameters<HostStore['transaction']>[0]>[0]) => {
      const { tenantId, projectId } = project;
      return run(`update tasks set status = 'complete' where id = '${tasks[0]?.id}'`)
        .then(() => buildsOver(store).builds.recordChecklistChange({ tenantId, projectId }, { tx }))
        .then((counted) => counted._unsafeUnwrap().checklistProgress);
    };
    const progress = async () => (await store.host.read()).projects[0]?.checklistProgress;

    it('counts what the host changed there, and stands when the host commits', async () => {
      await store.transaction(async (host) => {
        expect(await completeOne(host)).toBe(50);
      });
      expect(await progress()).toBe(50);
    });

    it('is undone when the host rolls back', async () => {
      const before = await progress();
      const mistake = new Error("a mistake of the host's");
      const rolledBack = store.transaction(async (host) => {
        expect(await completeOne(host)).toBe(50);
        throw mistake;
      });
      await expect(rolledBack).rejects.toBe(mistake);
      expect(await progress()).toBe(before);
    });
  });
}
