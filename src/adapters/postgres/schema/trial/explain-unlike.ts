import { openPolicy } from '../compare-row-security.js';
import type { LiveTable } from '../live-schema.js';
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
    case 'dropped':
      return `${name} does not take every row of ${during}, and reports no error: ${droppedBy(finding.table, table, context)}.`;
    case 'changed':
      return `${name} changes what ${during} writes: '${finding.wrote}' reads '${finding.reads}' afterwards in \`${finding.mappedBy}\`: ${changing(name, context)}.`;
  }
}

function droppedBy(mappedBy: 'tasks' | 'auditLogs', table: LiveTable, context: RefusalContext): string {
  const name = `${table.schema}.${table.table}`;
  const isBefore = context.suspects.triggers.some(
    (trigger) => trigger.table === name && trigger.isBefore && trigger.onInsert,
  );
  if (isBefore || mappedBy === 'auditLogs') return dropping(name, 'onInsert', context);
  const unique = table.unique.filter(({ columns }) => columns.length > 1 || !columns.includes('id'));
  const list = unique.map(({ name: index }) => index).join(' or ');
  return `let the unique index or exclusion constraint ${list} take every task of a checklist`.replace(
    '  ',
    ' ',
  );
}

function changing(name: string, { suspects }: RefusalContext): string {
  const triggers = suspects.triggers.filter(({ table }) => table === name).map((trigger) => trigger.name);
  return triggers.length === 0
    ? 'find the trigger that changes it, and let it keep what it is given'
    : `let the trigger ${triggers.join(' or ')} keep what it is given`;
}
