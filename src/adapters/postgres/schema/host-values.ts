import type { ChecklistPolicy } from '../../../core/blueprint/checklist.js';
import type { CompleteMapping } from '../mapping/host-mapping.js';
import { type ConstantNeed, constantNeeds, nullNeeds } from './compare-constants.js';
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
  readonly constants: readonly ConstantNeed[];
  /** Columns that have to be null for a row to exist. */
  readonly nulls: ReturnType<typeof nullNeeds>;
  /** Columns that are sometimes null: when, and what to do other than let them. */
  readonly nullable: readonly (HostColumn & { readonly why: string; readonly instead: string })[];
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
  const parents = taskParents(mapping).map(({ id }) => id);
  return {
    written: writtenValues(mapping, checklist),
    labels: labelNeeds(mapping),
    constants: constantNeeds(mapping),
    nulls: nullNeeds(mapping),
    nullable: [
      {
        table: 'auditLogs',
        column: auditLogs.userId,
        why: 'what a worker does is done by no user',
        instead: 'name another column in `auditLogs.userId`',
      },
      ...Object.entries(tasks.also).flatMap(([column, value]) =>
        typeof value === 'object' && value.from === 'requestedBy' && value.otherwise === undefined
          ? [{ table: 'tasks', column, ...REQUESTED_BY_NOBODY }]
          : [],
      ),
    ],
    progress: { table: 'projects', column: projects.checklistProgress },
    checklist: { insert, parents, distinct: [tasks.id, ...parents, ...ofBuild(mapping)] },
  };
}

const REQUESTED_BY_NOBODY = {
  why: 'a build may be requested by no user',
  instead: 'give `otherwise` beside `from` in `tasks.also`',
};

/** Further columns that differ from build to build. */
const ofBuild = ({ tasks }: CompleteMapping) =>
  Object.entries(tasks.also).flatMap(([column, value]) =>
    typeof value === 'object' && !['tenantId', 'slug', 'category', 'title'].includes(value.from)
      ? [column]
      : [],
  );
