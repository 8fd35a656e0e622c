import type { ChecklistPolicy } from '../../../../core/blueprint/checklist.js';
import type { Query } from '../../drivers/database.js';
import { textIn } from '../../errors/driver-error.js';
import type { CompleteMapping } from '../../mapping/host-mapping.js';
import type { LiveSchema, LiveTable } from '../live-schema.js';
import { writtenValues } from '../written-values.js';
import { explainRefusal, type RefusalContext } from './explain-refusal.js';
import { explainUnlike } from './explain-unlike.js';
import type { TrialFinding } from './steps.js';
import { readSuspects } from './suspects.js';

/** What the findings are about. */
export interface FindingContext {
  readonly mapping: CompleteMapping;
  readonly checklist: ChecklistPolicy;
  readonly live: LiveSchema;
}

/** Tables by their names in the mapping. */
type HostTable = 'projects' | 'automationVersions' | 'quotes' | 'tasks' | 'auditLogs';

/** Those that are written. */
const WRITTEN = ['projects', 'automationVersions', 'tasks', 'auditLogs'] as const;

/** Says each finding once, whatever was under way when it was met. Reads the catalog, and only if there is something to say. */
export async function explainFindings(
  query: Query,
  findings: readonly TrialFinding[],
  { mapping, checklist, live }: FindingContext,
): Promise<readonly string[]> {
  if (findings.length === 0) return [];
  const tableOf = (mappedBy: HostTable): LiveTable | undefined => {
    const { table, schema = mapping.schema } = mapping[mappedBy];
    return live.tables.find((each) => each.schema === schema && each.table === table);
  };
  const tables = WRITTEN.flatMap((each) => tableOf(each) ?? []);
  const causes = findings.map((finding) => (finding.kind === 'refused' ? finding.error.cause : null));
  const named = (name: string) => causes.flatMap((cause) => textIn(cause, name) ?? []);
  const context: RefusalContext = {
    live,
    suspects: await readSuspects(query, {
      tables: tables.map(({ schema, table }) => ({ schema, table })),
      functions: named('hostFunction'),
      constraints: named('constraint'),
    }),
    valuesOf: (name) => {
      const mappedBy = WRITTEN.find((each) => nameOf(tableOf(each)) === name);
      return writtenValues(mapping, checklist).filter(({ table }) => table === mappedBy);
    },
    written: tables.map(nameOf),
    mapping,
  };
  return [...grouped(findings).values()].map(({ finding, during }) => {
    const what = listed(during);
    switch (finding.kind) {
      case 'refused':
        return explainRefusal(finding.error, what, context);
      case 'blocks':
        return `A task of the checklist blocks its own build: give \`${blockerOf(mapping)}\` another default, or name it in \`tasks.also\`.`;
      default: {
        const table = tableOf(finding.table);
        return table ? explainUnlike(finding, table, what, context) : '';
      }
    }
  });
}

const nameOf = (table: LiveTable | undefined) => (table ? `${table.schema}.${table.table}` : '');

const blockerOf = ({ tasks: { table, blocker } }: CompleteMapping) =>
  `${table}.${typeof blocker === 'string' ? blocker : blocker.column}`;

function grouped(findings: readonly TrialFinding[]) {
  const groups = new Map<string, { readonly finding: TrialFinding; readonly during: string[] }>();
  for (const finding of findings) {
    const key = causeOf(finding);
    const group = groups.get(key) ?? { finding, during: [] };
    groups.set(key, group);
    if (!group.during.includes(finding.during)) group.during.push(finding.during);
  }
  return groups;
}

/** Equal for findings of one cause. */
function causeOf(finding: TrialFinding): string {
  if (finding.kind !== 'refused') return JSON.stringify({ ...finding, during: null });
  const { sqlState, cause } = finding.error;
  const names = ['table', 'constraint', 'column', 'hostFunction'].map((name) => textIn(cause, name));
  return JSON.stringify([
    sqlState,
    ...names,
    names.every((name) => name === null) ? textIn(cause, 'message') : null,
  ]);
}

const listed = (all: readonly string[]): string =>
  all.length < 2 ? all.join() : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
