import { type ChecklistPolicy, defaultChecklist } from '../../../core/blueprint/checklist.js';
import type { AuditEntry } from '../../../core/build/audit-entries.js';
import { BUILD_IN_PROGRESS, QA_AND_TESTING } from '../../../core/build/statuses.js';
import { statusColumn } from '../mapping/columns.js';
import type { CompleteMapping } from '../mapping/host-mapping.js';
import type { ColumnReference, StatusColumn } from '../mapping/mapped-columns.js';
import { constantNeeds } from './compare-constants.js';
import { taskParents } from './task-parents.js';

/** What is written to one column of the host's, as far as it is known before anybody requests a build. */
export interface WrittenValues {
  /** The table and the path in the mapping: `tasks`, `tasks.kind`. */
  readonly table: string;
  readonly mappedBy: string;
  readonly column: string;
  /** What every host is bound to have there. */
  readonly values: readonly string[];
  /** The length of the longest text that may be written, in characters. */
  readonly maxLength: number;
}

/** Every `action_type` of the audit log. */
export const AUDIT_ACTIONS: readonly AuditEntry['actionType'][] = [
  'request_build',
  'build_complete',
  'build_failed',
  'retry_build',
  'assign_build',
  'cancel_build',
  'undo_adoption',
  'command_refused',
  'message_refused',
];

const RESOURCE_TYPES: readonly AuditEntry['resourceType'][] = ['automation_version', 'workflow_binding'];

/** An id that the library makes for a host whose ids are text. */
const NEW_ID = '00000000-0000-4000-8000-000000000000';

/** The kind of the tasks of a checklist. */
export const CHECKLIST_KIND = 'build_checklist';

/** The longest name of a system that a title has in full. */
const LONG_NAME = 'x'.repeat(200);

/** The tasks of a made-up build. */
export const itemsFor = (checklist: ChecklistPolicy, ...systems: readonly string[]) =>
  checklist({ automationName: 'A trial', projectName: 'A trial', systems });

/** The host's checklist; or the default one, and why, if it throws for a made-up build. */
export function checklistFor(given: ChecklistPolicy = defaultChecklist): {
  readonly checklist: ChecklistPolicy;
  readonly advice: readonly string[];
} {
  try {
    for (const name of ['Mail', LONG_NAME]) itemsFor(given, name);
    return { checklist: given, advice: [] };
  } catch {
    const why =
      'The checklist throws for a made-up build, so the schema was verified for the default one: let it return tasks for any name.';
    return { checklist: defaultChecklist, advice: [why] };
  }
}

/** The host's label that is written for a word. */
export function labelOf(status: StatusColumn, word: string): string {
  const label = typeof status === 'string' ? undefined : status.labels?.[word];
  return [label ?? word].flat()[0] ?? word;
}

/** What the library writes to the host's tables, by column. */
export function writtenValues(
  mapping: CompleteMapping,
  checklist: ChecklistPolicy,
): readonly WrittenValues[] {
  const { projects, automationVersions: versions, tasks, auditLogs, ids } = mapping;
  const items = itemsFor(checklist, 'Mail');
  const longItems = itemsFor(checklist, LONG_NAME);
  const written = (
    mappedBy: string,
    column: ColumnReference,
    values: readonly string[],
    longer: readonly string[] = [],
  ): readonly WrittenValues[] => {
    // A value in a JSON column is as long as it likes.
    if (typeof column !== 'string') return [];
    const maxLength = Math.max(...[...values, ...longer].map((text) => [...text].length));
    return [{ table: mappedBy.split('.')[0] ?? '', mappedBy, column, values, maxLength }];
  };
  const statuses = (mappedBy: string, status: StatusColumn, ...words: readonly string[]) =>
    written(
      mappedBy,
      statusColumn(status),
      words.map((word) => labelOf(status, word)),
    );
  const all = (of: 'slug' | 'title' | 'category', from = items) => [...new Set(from.map((item) => item[of]))];
  return [
    ...statuses('projects.status', projects.status, BUILD_IN_PROGRESS, QA_AND_TESTING),
    ...statuses('automationVersions.status', versions.status, BUILD_IN_PROGRESS, QA_AND_TESTING),
    ...statuses('tasks.status', tasks.status, 'pending', 'complete'),
    ...taskParents(mapping).flatMap(({ mappedBy, type }) =>
      type === null ? [] : written(mappedBy, type.column, [type.is]),
    ),
    ...constantNeeds(mapping).flatMap(({ table, mappedBy, column, value }) =>
      mappedBy.endsWith('.also') && typeof value === 'string'
        ? written(`${table}.constants`, column, [value])
        : [],
    ),
    ...Object.entries(tasks.also).flatMap(([column, value]) =>
      typeof value === 'object' && isOfItem(value.from)
        ? written('tasks.also', column, all(value.from), all(value.from, longItems))
        : [],
    ),
    ...written('tasks.kind', tasks.kind, [CHECKLIST_KIND]),
    ...written('tasks.category', tasks.category, ['integration', 'manual']),
    ...written('tasks.slug', tasks.slug, all('slug'), all('slug', longItems)),
    ...written('tasks.title', tasks.title, all('title'), all('title', longItems)),
    ...written('auditLogs.actionType', auditLogs.actionType, AUDIT_ACTIONS),
    ...written('auditLogs.resourceType', auditLogs.resourceType, RESOURCE_TYPES),
    ...(ids === 'uuid'
      ? []
      : [
          ...written('tasks.id', tasks.id, [NEW_ID]),
          ...(auditLogs.idFrom === 'library' ? written('auditLogs.id', auditLogs.id, [NEW_ID]) : []),
          ...written('auditLogs.resourceId', auditLogs.resourceId, [NEW_ID]),
        ]),
  ];
}

/** What a further column may have of a task. */
const isOfItem = (from: string): from is 'slug' | 'category' | 'title' =>
  ['slug', 'category', 'title'].includes(from);
