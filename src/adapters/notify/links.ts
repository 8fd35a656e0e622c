import * as z from 'zod';
import type { NotificationMessage } from '../../core/build/messages.js';
import { callback, options } from '../../core/input/option-kinds.js';
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

const BASE_URL_WANTED =
  "give an absolute http or https URL without credentials, query or fragment, such as 'https://app.example.com'";

/** Where links lead. */
export const linkSchema = options({
  baseUrl: z
    .string({ error: BASE_URL_WANTED })
    .refine((url) => readWorkflowUrl(url) !== null && !/[?#]/.test(url), { error: BASE_URL_WANTED })
    .optional(),
  project: callback().optional(),
  build: callback().optional(),
});

/** Makes the links of a message. The options are those of `linkSchema`. */
export function linksFrom({
  baseUrl,
  project,
  build,
}: LinkOptions = {}): (message: NotificationMessage) => NotificationLinks {
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
