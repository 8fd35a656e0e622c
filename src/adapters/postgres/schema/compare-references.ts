import type { CompleteMapping } from '../mapping/host-mapping.js';
import type { LiveForeignKey, LiveTable } from './live-schema.js';
import { taskParents } from './task-parents.js';

/** The tables of the mapping, by their names there. */
type MappedTables = ReadonlyMap<string, LiveTable>;

/** A column that has the id of another table's row, as the mapping says. */
interface ReferenceNeed {
  readonly table: string;
  readonly mappedBy: string;
  readonly column: string;
  /** `null`: ids of several tables are written there. */
  readonly to: 'automations' | 'projects' | 'automationVersions' | null;
}

/** Which column has whose ids. */
function referenceNeeds(mapping: CompleteMapping): readonly ReferenceNeed[] {
  const { automationVersions, projectLink, quotes, tasks, auditLogs } = mapping;
  const parents = taskParents(mapping);
  const ids = (
    mappedBy: string,
    column: string,
    to: ReferenceNeed['to'],
    table = mappedBy.split('.')[0] ?? '',
  ) => ({
    table,
    mappedBy,
    column,
    to,
  });
  const linked = projectLink.in === 'projects' ? 'automationVersions' : 'projects';
  return [
    ids('automationVersions.automationId', automationVersions.automationId, 'automations'),
    ids('projectLink.column', projectLink.column, linked, projectLink.in),
    ids('quotes.automationVersionId', quotes.automationVersionId, 'automationVersions'),
    ...parents.map(({ mappedBy, id, to }) =>
      ids(mappedBy, id, parents.every((each) => each.id !== id || each.to === to) ? to : null),
    ),
    ...Object.entries(tasks.also).flatMap(([column, value]) => {
      const to = typeof value === 'object' ? OF_TABLE[value.from] : undefined;
      return to === undefined ? [] : [ids('tasks.also', column, to)];
    }),
    ids('auditLogs.resourceId', auditLogs.resourceId, null),
  ];
}

/** Whose ids a further column of a task has. */
const OF_TABLE: Readonly<Record<string, ReferenceNeed['to']>> = {
  projectId: 'projects',
  automationVersionId: 'automationVersions',
  automationId: 'automations',
};

/** The foreign keys that point to another table than the mapping says. */
export function referenceMismatches(mapping: CompleteMapping, tables: MappedTables): readonly string[] {
  return referenceNeeds(mapping).flatMap((need) => {
    const table = tables.get(need.table);
    if (!table) return [];
    const wanted = need.to === null ? null : tables.get(need.to);
    // What is below a view is not known here.
    if (wanted === undefined || (wanted !== null && !['r', 'p'].includes(wanted.kind))) return [];
    const id = need.to === null ? '' : mapping[need.to].id;
    return table.foreignKeys
      .filter(({ columns }) => columns.includes(need.column))
      .filter((key) => wanted === null || !leadsTo(key, need.column, wanted, id))
      .map((key) => {
        const references = `${table.schema}.${table.table}.${need.column} references ${key.schema}.${key.table} (${key.references.join(', ')}) by ${key.name}`;
        return wanted === null
          ? `${references}, and the library writes the ids of versions and of builds there: name another column in \`${need.mappedBy}\`, or drop the foreign key.`
          : `${references}, and the library has ids of ${wanted.schema}.${wanted.table} there: name the column with these in \`${need.mappedBy}\`, or the table of the others in \`${need.to}.table\`.`;
      });
  });
}

/** Whether the key references these rows, or those that share their ids. */
function leadsTo(key: LiveForeignKey, column: string, wanted: LiveTable, id: string): boolean {
  const target = key.references[key.columns.indexOf(column)];
  const name = `${key.schema}.${key.table}`;
  const isRelated = name === `${wanted.schema}.${wanted.table}` || wanted.relatives.includes(name);
  if (isRelated) return target === id;
  return wanted.foreignKeys.some(
    (shared) =>
      `${shared.schema}.${shared.table}` === name && shared.references[shared.columns.indexOf(id)] === target,
  );
}
