import * as z from 'zod';
import type { NotificationMessage } from '../../core/build/messages.js';
import { callback, options } from '../../core/input/option-kinds.js';
import { readWorkflowUrl } from '../../core/input/workflow-text.js';

/** Where the links in notifications lead. Only http and https URLs are shown as links. */
export interface LinkOptions {
  /**
   * The base URL of the host's application. Links are `…/projects/{projectId}` and `…/builds/{bindingId}` below it.
   *
   * @default no links but those that `project` and `build` make
   */
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

/** Returns a function that makes the links of a message. `linkSchema` reads the options. */
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
