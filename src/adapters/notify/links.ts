import type { NotificationMessage } from '../../core/build/messages.js';
import { readWorkflowUrl } from '../../core/orchestration/workflow-url.js';

/** Where the links in notifications lead. Only http and https URLs are shown as links. */
export interface LinkOptions {
  /** The base URL of the host's application. Links are `…/projects/{projectId}` and `…/builds/{bindingId}` below it. */
  readonly baseUrl?: string;
  /**
   * Returns the URL of a project's page, or `null` if there is none.
   *
   * @default the page below `baseUrl`
   */
  readonly project?: (message: NotificationMessage) => string | null;
  /**
   * Returns the URL of a build's page, or `null` if there is none.
   *
   * @default the page below `baseUrl`
   */
  readonly build?: (message: NotificationMessage) => string | null;
}

/** The URLs of one notification. `null`: there is none, or it is not a safe http or https URL. */
export interface NotificationLinks {
  readonly project: string | null;
  readonly build: string | null;
  /** The workflow in WRK. */
  readonly workflow: string | null;
}

/** Returns a function that makes the links of a message. Throws a TypeError for an invalid base URL. */
export function linksFrom({
  baseUrl,
  project,
  build,
}: LinkOptions = {}): (message: NotificationMessage) => NotificationLinks {
  if (baseUrl !== undefined && (readWorkflowUrl(baseUrl) === null || /[?#]/.test(baseUrl)))
    throw new TypeError(
      "links.baseUrl must be an absolute http or https URL without credentials, query or fragment, such as 'https://app.example.com'",
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
