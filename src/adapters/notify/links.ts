import type { NotificationMessage } from '../../core/build/messages.js';
import { readWorkflowUrl } from '../../core/orchestration/workflow-url.js';

/** Where links of notifications lead. An address that is not http or https is never shown as a link. */
export interface LinkOptions {
  /** Where the host's application lives. Links are then `…/projects/{projectId}` and `…/builds/{bindingId}`. */
  readonly baseUrl?: string;
  /** The page of a project; `null`: there is none. Default: below `baseUrl`. */
  readonly project?: (message: NotificationMessage) => string | null;
  /** The page of a build; `null`: there is none. Default: below `baseUrl`. */
  readonly build?: (message: NotificationMessage) => string | null;
}

/** The addresses of one notification, each checked; `null`: there is none, or none that anybody may be sent to. */
export interface NotificationLinks {
  readonly project: string | null;
  readonly build: string | null;
  /** The workflow at WRK. */
  readonly workflow: string | null;
}

/** Makes the links of a message. Throws a TypeError for a base URL that nobody may be sent to. */
export function linksFrom({
  baseUrl,
  project,
  build,
}: LinkOptions = {}): (message: NotificationMessage) => NotificationLinks {
  if (baseUrl !== undefined && (readWorkflowUrl(baseUrl) === null || /[?#]/.test(baseUrl)))
    throw new TypeError(
      "links.baseUrl: give an absolute http or https URL without credentials, query or fragment, such as 'https://app.example.com'",
    );
  const base = baseUrl?.replace(/\/+$/, '');
  const below = (folder: string, id: string | null) =>
    base === undefined || id === null ? null : `${base}/${folder}/${encodeURIComponent(id)}`;
  return (message) => ({
    project: checked(project ? project(message) : below('projects', message.projectId)),
    build: checked(build ? build(message) : below('builds', message.bindingId)),
    workflow: checked(message.workflowUrl),
  });
}

function checked(url: string | null): string | null {
  return url === null ? null : (readWorkflowUrl(url)?.href ?? null);
}
