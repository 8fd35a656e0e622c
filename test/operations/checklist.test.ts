import { expect, it } from 'vitest';
import { projectTask, stableId } from '../../src/testing/builders.js';
import * as given from '../support/given.js';
import { describeInEachFamily } from './support/in-each-family.js';

describeInEachFamily('the progress of a project', (open) => {
  it('is counted anew after a change of its tasks, and is there for the next decision', async () => {
    const app = open();
    const project = await given.requestedBuild(app);
    const { tenantId, projectId } = project;
    const tasks = (await app.store.host.read()).tasks.filter(({ kind }) => kind === 'build_checklist');
    for (const { id } of tasks.slice(0, 1)) await app.store.host.update('tasks', id, { status: 'complete' });
    const counted = await app.builds.recordChecklistChange({ tenantId, projectId });
    const percentage = Math.floor(100 / tasks.length);
    expect(counted._unsafeUnwrap()).toEqual({ checklistProgress: percentage });
    const stored = (await app.store.host.read()).projects.find(({ id }) => id === projectId);
    expect(stored).toMatchObject({ checklistProgress: percentage, status: 'Build in Progress' });
  });

  it('is that of all tasks when many are completed at once', async () => {
    const app = open();
    const { tenantId, projectId, ...project } = await given.requestedBuild(app);
    const more = Array.from({ length: 12 }, (_, n) =>
      projectTask({ tenantId, projectId, ...project }, `more-${n}`),
    );
    await app.store.host.insert({ tasks: more });
    await Promise.all(
      more.map(async ({ id }) => {
        await app.store.host.update('tasks', id, { status: 'complete' });
        expect((await app.builds.recordChecklistChange({ tenantId, projectId })).isOk()).toBe(true);
      }),
    );
    const { tasks, projects } = await app.store.host.read();
    const checklist = tasks.filter(({ kind }) => kind === 'build_checklist');
    const stored = projects.find(({ id }) => id === projectId);
    expect(stored?.checklistProgress).toBe(Math.floor((more.length * 100) / checklist.length));
  });

  it('of a project that is not the tenant’s is not found', async () => {
    const app = open();
    const { projectId } = await given.requestedBuild(app);
    const counted = await app.builds.recordChecklistChange({
      tenantId: stableId('another tenant'),
      projectId,
    });
    expect(counted._unsafeUnwrapErr().code).toBe('project_not_found');
  });
});
