import type { HostRow, LibraryRows } from 'wrk-builds/testing/contracts';
import type { FlowApp } from './flow-app.js';

/** The rows of an app's one build, as they are now. */
export interface BuildRows extends LibraryRows {
  readonly version: HostRow<'automationVersions'>;
  readonly project: HostRow<'projects'>;
  /** Every task of the host, whatever it hangs on. */
  readonly tasks: readonly HostRow<'tasks'>[];
}

/** Reads them. */
export async function readRows({ store, project }: FlowApp): Promise<BuildRows> {
  const { automationVersions, projects, tasks } = await store.host.read();
  return {
    ...(await store.libraryRows()),
    version: found(automationVersions.find(({ id }) => id === project.versionId)),
    project: found(projects.find(({ id }) => id === project.projectId)),
    tasks,
  };
}

/** The messages that wait in a queue, as the bodies that were enqueued. */
export function bodiesIn({ messages }: LibraryRows, queue: string): readonly unknown[] {
  return messages.filter((message) => message.queue === queue).map((message) => message.body);
}

/** To whom a template was sent over e-mail or Slack. */
export function recipientsOf({ sent }: FlowApp, channel: string, template: string): readonly string[] {
  return sent
    .filter(({ over, message }) => over === channel && message.template === template)
    .map(({ recipient }) => recipient.id);
}

/** The users who find a template among their in-app notifications. */
export function inAppUsers({ inAppNotifications }: LibraryRows, template: string): readonly unknown[] {
  return inAppNotifications.filter((row) => row.template === template).map((row) => row.user_id);
}

function found<T>(row: T | undefined): T {
  if (row === undefined) throw new Error('The row of the app is gone.');
  return row;
}
