import type { HostRow } from 'wrk-builds/testing';
import { projectTask } from '../../../src/testing/builders.js';
import type { FlowApp } from './flow-app.js';

/** Puts a task on the app's project, as the host would: of its build checklist and pending, unless told otherwise. */
export async function addTask(
  { project, store }: FlowApp,
  columns: Partial<HostRow<'tasks'>> & { readonly templateSlug: string },
): Promise<HostRow<'tasks'>> {
  const task = projectTask(project, columns.templateSlug, columns);
  await store.host.insert({ tasks: [task] });
  return task;
}
