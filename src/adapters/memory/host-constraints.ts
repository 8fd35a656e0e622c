import type { MemoryHostRow, MemoryHostTable } from './host-rows.js';
import type { Rows } from './rows.js';
import { storable } from './storable.js';
import type { View } from './store.js';
import { taskSlugLock } from './write-decision.js';

type Constraints = {
  readonly [Table in MemoryHostTable]: {
    /** The row as it is stored. */
    readonly prepare: (row: MemoryHostRow<Table>) => Rows[Table];
    /** What is wrong with the row; `null` if nothing is. */
    readonly problem: (row: Rows[Table], view: View) => string | null;
    /** Whether another row still refers to this one. */
    readonly isReferenced: (id: string, view: View) => boolean;
  };
};

/** The constraints of the default tables: this store refuses what Postgres would refuse. */
export const HOST_CONSTRAINTS: Constraints = {
  automations: {
    prepare: (row) => row,
    problem: () => null,
    isReferenced: (id, view) =>
      view.group('projects', id).length > 0 ||
      view.all('automationVersions').some(({ row }) => row.automationId === id),
  },
  projects: {
    prepare: (row) => row,
    problem: ({ automationId, checklistProgress: progress }, view) => {
      if (!view.get('automations', automationId)) return 'there is no automation with its automationId';
      const isPercentage = Number.isInteger(progress) && progress >= 0 && progress <= 100;
      return isPercentage ? null : 'checklistProgress must be a whole number from 0 to 100';
    },
    isReferenced: (id, view) => view.group('automationVersions', id).length > 0,
  },
  automationVersions: {
    prepare: (row) => ({ ...row, blueprintJson: documentText(row.blueprintJson) }),
    problem: ({ automationId, projectId }, view) => {
      if (!view.get('automations', automationId)) return 'there is no automation with its automationId';
      return projectId === null || view.get('projects', projectId)
        ? null
        : 'there is no project with its projectId';
    },
    isReferenced: (id, view) => view.group('quotes', id).length > 0,
  },
  quotes: {
    prepare: (row) => row,
    problem: ({ automationVersionId, expiresAt }, view) => {
      if (!view.get('automationVersions', automationVersionId))
        return 'there is no version with its automationVersionId';
      return expiresAt === null || !Number.isNaN(Date.parse(expiresAt))
        ? null
        : 'expiresAt must be a date in ISO 8601';
    },
    isReferenced: () => false,
  },
  tasks: {
    prepare: (row) => row,
    problem: (task, view) => {
      const twin = view
        .group('tasks', task.contextId)
        .find(({ id, row }) => id !== task.id && taskSlugLock(row) === taskSlugLock(task));
      return twin ? 'another task has the same context, kind and templateSlug' : null;
    },
    isReferenced: () => false,
  },
};

/** A string is the text of a document, as a driver would accept it; anything else is the document itself. */
function documentText(document: unknown): string {
  const text = typeof document === 'string' ? document : JSON.stringify(storable(document, 'blueprintJson'));
  storable<unknown>(JSON.parse(text), 'blueprintJson');
  return text;
}
