import { expect, it } from 'vitest';
import { projectTask, stableId } from '../../src/testing/builders.js';
import { describeInEachFamily } from './support/in-each-family.js';

describeInEachFamily('the progress of a project', (open) => {
  it('is counted anew after a change of its tasks, and is there for the next decision', async () => {
    const desk = open();
    const project = await desk.request();
    const { tenantId, projectId } = project;
    const tasks = (await desk.host.read()).tasks.filter(({ kind }) => kind === 'build_checklist');
    for (const { id } of tasks.slice(0, 1)) await desk.host.update('tasks', id, { status: 'complete' });
    const counted = await desk.builds.recordChecklistChange({ tenantId, projectId });
    const percentage = Math.floor(100 / tasks.length);
    expect(counted._unsafeUnwrap()).toEqual({ checklistProgress: percentage });
    const stored = (await desk.host.read()).projects.find(({ id }) => id === projectId);
    expect(stored).toMatchObject({ checklistProgress: percentage, status: 'Build in Progress' });
  });

  it('is that of all tasks when many are completed at once', async () => {
    const desk = open();
    const { tenantId, projectId, ...project } = await desk.request();
    const more = Array.from({ length: 12 }, (_, n) =>
      projectTask({ tenantId, projectId, ...project }, `more-${n}`),
    );
    await desk.host.insert({ tasks: more });
    await Promise.all(
      more.map(async ({ id }) => {
        await desk.host.update('tasks', id, { status: 'complete' });
        expect((await desk.builds.recordChecklistChange({ tenantId, projectId })).isOk()).toBe(true);
      }),
    );
    const { tasks, projects } = await desk.host.read();
    const checklist = tasks.filter(({ kind }) => kind === 'build_checklist');
    const stored = projects.find(({ id }) => id === projectId);
    expect(stored?.checklistProgress).toBe(Math.floor((more.length * 100) / checklist.length));
  });

  it('of a project that is not the tenant’s is not found', async () => {
    const desk = open();
    const { projectId } = await desk.request();
    const counted = await desk.builds.recordChecklistChange({
      tenantId: stableId('another tenant'),
      projectId,
    });
    expect(counted._unsafeUnwrapErr().code).toBe('project_not_found');
  });
});
