import { createHash } from 'node:crypto';
import {
  MESSAGE_VERSION,
  NOTIFICATIONS,
  type NotificationMessage,
  type OutgoingMessage,
} from '../core/build/messages.js';
import { checkProjectOptions } from './project-options.js';
import type { HostRow, HostRows } from './storage-harness.js';

/** A uuid that is the same in every run: equal parts give equal ids, other parts other ones. */
export function stableId(...parts: readonly (string | number)[]): string {
  const hex = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The tenant of every builder unless told otherwise. */
export const TENANT = stableId('tenant');

/** A tenant that must never see or touch anything of {@link TENANT}. */
export const OTHER_TENANT = stableId('other tenant');

/** A blueprint in the default shape: a chain of `nodes` (12 by default, at least 2) with one loop back, over two systems. */
function graphDocument(nodes = 12) {
  return {
    nodes: Array.from({ length: nodes }, (_, index) => ({
      id: `n${index + 1}`,
      type: index === 0 ? 'trigger' : 'action',
      name: `Step ${index + 1}`,
      systems: [index % 2 === 0 ? 'Salesforce' : 'NetSuite'],
    })),
    edges: [
      ...Array.from({ length: nodes - 1 }, (_, index) => ({
        source: `n${index + 1}`,
        target: `n${index + 2}`,
      })),
      { source: `n${nodes}`, target: 'n2' },
    ],
  };
}

/** What {@link buildableProject} may be told. */
export interface BuildableProjectOptions {
  /** Tells it from other projects in the same store: equal names give equal ids. `'project'` by default. */
  readonly name?: string;
  readonly tenantId?: string;
  /** How many automation versions the project has; 1 by default. Each has a signed quote. */
  readonly versions?: number;
}

/** A project that a build may be requested for, with the rows that make it so. */
export interface BuildableProject {
  readonly tenantId: string;
  readonly automationId: string;
  readonly projectId: string;
  /** The first version, and the only one by default. */
  readonly versionId: string;
  /** The quote of the first version. */
  readonly quoteId: string;
  readonly versionIds: readonly string[];
  readonly rows: HostRows;
}

/** An automation with a project, versions that are `Ready for Build`, a signed quote for each and a blueprint of 12 nodes. */
export function buildableProject(options: BuildableProjectOptions = {}): BuildableProject {
  checkProjectOptions(options);
  const { name = 'project', tenantId = TENANT, versions = 1 } = options;
  const idOf = (kind: string, index = 0) => stableId(tenantId, name, kind, index);
  const automationId = idOf('automation');
  const projectId = idOf('project');
  const indexes = Array.from({ length: versions }, (_, index) => index);
  return {
    tenantId,
    automationId,
    projectId,
    versionId: idOf('version'),
    quoteId: idOf('quote'),
    versionIds: indexes.map((index) => idOf('version', index)),
    rows: {
      automations: [{ id: automationId, tenantId, name: `Automation of ${name}` }],
      projects: [
        {
          id: projectId,
          tenantId,
          automationId,
          name: `Project of ${name}`,
          status: 'Ready for Build',
          checklistProgress: 0,
          ownerId: idOf('owner'),
        },
      ],
      automationVersions: indexes.map((index) => ({
        id: idOf('version', index),
        tenantId,
        automationId,
        projectId,
        status: 'Ready for Build',
        blueprintJson: graphDocument(),
      })),
      quotes: indexes.map((index) => ({
        id: idOf('quote', index),
        tenantId,
        automationVersionId: idOf('version', index),
        status: 'signed',
        expiresAt: null,
      })),
      tasks: [],
    },
  };
}

/** A task on a project: of its build checklist, `pending` and no blocker unless told otherwise. */
export function projectTask(
  project: Pick<BuildableProject, 'tenantId' | 'projectId'>,
  templateSlug: string,
  columns: Partial<HostRow<'tasks'>> = {},
): HostRow<'tasks'> {
  return {
    id: stableId(project.projectId, 'task', templateSlug),
    tenantId: project.tenantId,
    contextType: 'project',
    contextId: project.projectId,
    kind: 'build_checklist',
    templateSlug,
    category: 'manual',
    title: `Do ${templateSlug}`,
    status: 'pending',
    isBlocker: false,
    ...columns,
  };
}

/** The body of a notification, complete and valid. */
export function notificationMessage(fields: Partial<NotificationMessage> = {}): NotificationMessage {
  return {
    v: MESSAGE_VERSION,
    kind: 'notification',
    tenantId: TENANT,
    bindingId: stableId('binding'),
    automationVersionId: stableId('version'),
    projectId: stableId('project'),
    fence: 1,
    channel: 'email',
    template: 'build_started',
    audience: 'client',
    assigneeId: null,
    automationName: 'Invoices to ledger',
    projectName: 'Finance',
    workflowUrl: null,
    errorReason: null,
    errorDetails: [],
    occasion: null,
    requestId: 'request-1',
    ...fields,
  };
}

/** A notification on its way into the queue, due at once unless told otherwise; `key` tells it from others. */
export function outgoingNotification(
  key: string,
  fields: Partial<Pick<OutgoingMessage, 'tenantId' | 'delayMs' | 'queue' | 'priority'>> = {},
): OutgoingMessage {
  const tenantId = fields.tenantId ?? TENANT;
  const body = notificationMessage({ tenantId, requestId: key });
  return { queue: NOTIFICATIONS, key, tenantId, body, delayMs: 0, ...fields };
}
