import { quoted } from '../sql/quoting.js';
import type { LivePolicy, LiveTable } from './live-schema.js';
import type { TableNeed } from './needs.js';

const COMMANDS = [
  { right: 'select', command: 'r' },
  { right: 'insert', command: 'a' },
  { right: 'update', command: 'w' },
] as const;

const POLICY = 'wrk_builds_worker';

/** What row-level security forbids the role altogether, since no policy allows it. */
export function rowSecurityMismatches(need: TableNeed, table: LiveTable, role: string): readonly string[] {
  if (!table.rowSecurity) return [];
  const missing = commandsOf(need).filter(
    ({ command }) => !table.policies.some((each) => allows(each, command)),
  );
  if (missing.length === 0) return [];
  const rights = missing.map(({ right }) => right).join(' or ');
  return [
    `Row-level security of ${need.schema}.${need.table} has no policy that lets the role ${role} ${rights}: ${openPolicy(table, role)}.`,
  ];
}

/** How to let a role see and write every row. A restrictive policy holds whatever the others allow. */
export function openPolicy(table: LiveTable, role: string): string {
  const restrictive = table.policies.filter((each) => each.isForRole && each.isRestrictive);
  if (restrictive.length > 0) {
    return `take the role ${role} out of the restrictive policy ${restrictive.map(({ name }) => name).join(', ')}, and give it one that shows all rows`;
  }
  const taken = table.policies.map(({ name }) => name);
  const name = taken.includes(POLICY) ? `${POLICY}_${taken.length + 1}` : POLICY;
  return `run: create policy ${quoted(name)} on ${quoted(table.schema)}.${quoted(table.table)} to ${quoted(role)} using (true) with check (true)`;
}

/** What row-level security may hide from the role, depending on the row. */
export function rowSecurityAdvice(need: TableNeed, table: LiveTable, role: string): readonly string[] {
  if (!table.rowSecurity) return [];
  const applying = table.policies.filter(({ isForRole }) => isForRole);
  const seesAll = commandsOf(need).every(({ command }) =>
    applying.some((each) => allows(each, command) && each.isOpen),
  );
  const isRestricted = applying.some(({ isRestrictive, isOpen }) => isRestrictive && !isOpen);
  return seesAll && !isRestricted
    ? []
    : [
        `Row-level security limits which rows of ${need.schema}.${need.table} the role ${role} sees: workers act for every tenant, so give their role a policy that shows all rows.`,
      ];
}

const commandsOf = (need: TableNeed) =>
  COMMANDS.filter(({ right }) => need[right] === 'all' || need[right].length > 0);

const allows = ({ command, isForRole, isRestrictive }: LivePolicy, wanted: string) =>
  isForRole && !isRestrictive && ['*', wanted].includes(command);
