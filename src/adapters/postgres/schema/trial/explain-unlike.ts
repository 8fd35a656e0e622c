import type { CompleteMapping } from '../../mapping/host-mapping.js';
import { openPolicy } from '../compare-row-security.js';
import type { LiveTable, LiveUnique } from '../live-schema.js';
import { taskParents } from '../task-parents.js';
import type { RefusalContext } from './explain-refusal.js';
import { dropping } from './explain-refusal.js';
import type { TrialFinding } from './steps.js';

/** Explains a write that was not refused and did not have the effect that it should have. `table` is where. */
export function explainUnlike(
  finding: Exclude<TrialFinding, { readonly kind: 'refused' | 'blocks' }>,
  table: LiveTable,
  during: string,
  context: RefusalContext,
): string {
  const name = `${table.schema}.${table.table}`;
  switch (finding.kind) {
    case 'hidden':
      return `Row-level security of ${name} hides a row from the locks of ${during} that the role ${context.live.role} may read: ${openPolicy(table, context.live.role)}.`;
    case 'gone':
      return `A row of ${name} does not exist for the library any more once ${during} has written it: let \`${finding.table}.where\` hold for a row that is being built.`;
    case 'dropped':
      return `${name} does not take every row of ${during}, and reports no error: ${droppedBy(finding.table, table, context)}.`;
    case 'changed':
      return `${name} changes what ${during} writes: '${finding.wrote}' reads '${finding.reads}' afterwards in \`${finding.mappedBy}\`: ${changing(name, context)}.`;
  }
}

function droppedBy(mappedBy: 'tasks' | 'auditLogs', table: LiveTable, context: RefusalContext): string {
  const name = `${table.schema}.${table.table}`;
  if (mappedBy === 'auditLogs') return dropping(name, 'onInsert', context);
  const { tasks } = context.mapping;
  const isBefore = context.suspects.triggers.some(
    (trigger) => trigger.table === name && trigger.isBefore && trigger.onInsert,
  );
  const unique = table.unique.filter((each) => mayConflict(each, context.mapping)).map((each) => each.name);
  const suspects = [
    ...(Object.keys(tasks.where).length > 0 ? ['let `tasks.where` hold for a new task'] : []),
    ...(isBefore ? [dropping(name, 'onInsert', context)] : []),
    ...(unique.length > 0
      ? [`let the unique index or exclusion constraint ${unique.join(' or ')} take every task of a checklist`]
      : []),
  ];
  return suspects.length > 0 ? suspects.join('; or ') : dropping(name, 'onInsert', context);
}

/** Whether it may refuse one of the tasks of a checklist: it does not, where it knows the slug and whose task it is. */
function mayConflict({ columns }: LiveUnique, mapping: CompleteMapping): boolean {
  const { id, slug } = mapping.tasks;
  const parents = taskParents(mapping).map((parent) => parent.id);
  const isKey =
    typeof slug === 'string' && columns.includes(slug) && parents.some((each) => columns.includes(each));
  return !isKey && !columns.includes(id);
}

function changing(name: string, { suspects }: RefusalContext): string {
  const triggers = suspects.triggers.filter(({ table }) => table === name).map((trigger) => trigger.name);
  return triggers.length === 0
    ? 'find the trigger that changes it, and let it keep what it is given'
    : `let the trigger ${triggers.join(' or ')} keep what it is given`;
}
