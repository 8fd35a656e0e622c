import type { CompleteMapping } from '../mapping/host-mapping.js';

/** Where a task names something that it belongs to. */
export interface TaskParent {
  readonly mappedBy: 'tasks.project' | 'tasks.automationVersion';
  readonly to: 'projects' | 'automationVersions';
  /** The column of its id. */
  readonly id: string;
  /** The column that says what it is, and what that says; `null`: there is none. */
  readonly type: { readonly column: string; readonly is: string } | null;
}

/** What the tasks of a host name. */
export function taskParents({ tasks }: CompleteMapping): readonly TaskParent[] {
  const all = [
    { mappedBy: 'tasks.project', to: 'projects', reference: tasks.project },
    { mappedBy: 'tasks.automationVersion', to: 'automationVersions', reference: tasks.automationVersion },
  ] as const;
  return all.flatMap(({ reference, ...parent }): readonly TaskParent[] => {
    if (reference === null) return [];
    if (typeof reference === 'string') return [{ ...parent, id: reference, type: null }];
    return [{ ...parent, id: reference.id, type: { column: reference.type, is: reference.is } }];
  });
}
