import type { ChecklistPolicy } from '../../../core/blueprint/checklist.js';
import type { CompleteMapping } from '../mapping/host-mapping.js';
import type { ChecklistColumns } from './compare-indexes.js';
import { type LabelNeed, labelNeeds } from './compare-labels.js';
import { taskParents } from './task-parents.js';
import { type WrittenValues, writtenValues } from './written-values.js';

/** A column of a table of the host's. */
interface HostColumn {
  /** The path of the table in the mapping: `auditLogs`. */
  readonly table: string;
  readonly column: string;
}

/** The values that the host's columns have to take. */
export interface HostValues {
  readonly written: readonly WrittenValues[];
  readonly labels: readonly LabelNeed[];
  /** Columns that are sometimes null. */
  readonly nullable: readonly (HostColumn & { readonly mappedBy: string; readonly why: string })[];
  /** The column of a number up to 100. */
  readonly progress: HostColumn;
  readonly checklist: ChecklistColumns;
}

/** What the library writes to a host's tables. `insert` are the columns of a new task. */
export function hostValues(
  mapping: CompleteMapping,
  insert: readonly string[],
  checklist: ChecklistPolicy,
): HostValues {
  const { projects, tasks, auditLogs } = mapping;
  return {
    written: writtenValues(mapping, checklist),
    labels: labelNeeds(mapping),
    nullable: [
      {
        table: 'auditLogs',
        column: auditLogs.userId,
        mappedBy: 'auditLogs.userId',
        why: 'what a worker does is done by no user',
      },
    ],
    progress: { table: 'projects', column: projects.checklistProgress },
    checklist: { insert, distinct: [tasks.id, ...taskParents(mapping).map(({ id }) => id)] },
  };
}
