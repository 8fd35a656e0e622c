import {
  BUILD_IN_PROGRESS,
  DEFAULT_STARTABLE_STATUSES,
  QA_AND_TESTING,
} from '../../../core/build/statuses.js';
import type { CompleteMapping } from '../mapping/host-mapping.js';
import type { StatusColumn } from '../mapping/mapped-columns.js';
import { quoted } from '../sql/quoting.js';
import { constantNeeds } from './compare-constants.js';
import type { LiveColumn, LiveTable } from './live-schema.js';
import { taskParents } from './task-parents.js';
import { CHECKLIST_KIND, labelOf } from './written-values.js';

/** Words and labels of which one could not be told from the other. */
export function sharedLabels(mapping: CompleteMapping, startable: readonly string[]): readonly string[] {
  const { projects, automationVersions: versions, quotes, tasks } = mapping;
  const builds = [BUILD_IN_PROGRESS, QA_AND_TESTING, ...startable];
  return [
    ...sharedIn('projects.status', projects.status, builds),
    ...sharedIn('automationVersions.status', versions.status, builds),
    ...sharedIn('quotes.status', quotes.status, ['signed']),
    ...sharedIn('tasks.status', tasks.status, ['pending', 'complete']),
  ];
}

function sharedIn(mappedBy: string, status: StatusColumn, needed: readonly string[]): readonly string[] {
  const labels = typeof status === 'string' ? {} : (status.labels ?? {});
  const given = Object.entries(labels).flatMap(([word, own]) =>
    [own].flat().map((label) => ({ word, label })),
  );
  const themselves = needed
    .filter((word) => !Object.hasOwn(labels, word))
    .map((word) => ({ word, label: word }));
  const all = [...given, ...themselves];
  return [...new Set(all.map(({ label }) => label))].flatMap((label) => {
    const words = [...new Set(all.filter((each) => each.label === label).map(({ word }) => word))];
    if (words.length < 2) return [];
    return [
      `\`${mappedBy}\` reads the label '${label}' as ${words.map((word) => `'${word}'`).join(' and as ')}, of which one cannot be told from the other: give each a label of its own in \`${mappedBy}.labels\`.`,
    ];
  });
}

/** A label that a column has to know. */
export interface LabelNeed {
  /** The table in the mapping: `tasks`. */
  readonly table: string;
  readonly column: string;
  readonly label: string;
  /** What to do other than add the label. */
  readonly instead: string;
}

/** The labels beside those of statuses that rows are compared with. */
export function labelNeeds(mapping: CompleteMapping): readonly LabelNeed[] {
  const { kind, blocker } = mapping.tasks;
  const ofTasks = (column: string, label: string, instead: string): LabelNeed => ({
    table: 'tasks',
    column,
    label,
    instead,
  });
  return [
    ...taskParents(mapping).flatMap(({ mappedBy, type }) =>
      type === null ? [] : [ofTasks(type.column, type.is, `name the host's own in \`${mappedBy}.is\``)],
    ),
    ...(typeof kind === 'string'
      ? [ofTasks(kind, CHECKLIST_KIND, 'name another column in `tasks.kind`')]
      : []),
    ...(typeof blocker === 'string'
      ? []
      : [ofTasks(blocker.column, blocker.equals, "name the host's own in `tasks.blocker.equals`")]),
    ...constantNeeds(mapping).map(({ table, mappedBy, column, value }) => ({
      table,
      column,
      label: String(value),
      instead: `name the host's own in \`${mappedBy}.${column}\``,
    })),
  ];
}

/** A label that the enum of its column lacks. */
export function labelMismatches(
  column: LiveColumn,
  table: LiveTable,
  { label, instead }: LabelNeed,
): readonly string[] {
  if (hasLabel(column, label)) return [];
  return [
    `${missingLabel(column, table, label)}: ${instead} (it has ${known(column)})${orAdd(column, label)}.`,
  ];
}

/** What builds may start from, and what the enum of the version's status knows of it. */
export interface StartableStatuses {
  readonly status: StatusColumn;
  /** `null`: the host has named none, and some of the default ones may not be its own. */
  readonly given: readonly string[] | null;
}

/**
 * The start statuses that no version can have. Of the default ones, the first has to exist: a cancelled build goes back
 * there if nothing else is known.
 */
export function startableMismatches(
  column: LiveColumn,
  table: LiveTable,
  { status, given }: StartableStatuses,
): { readonly mismatches: readonly string[]; readonly advice: readonly string[] } {
  const [first, ...others] = DEFAULT_STARTABLE_STATUSES;
  const needed = given ?? [first ?? ''];
  const say = (words: readonly string[], instead: string) =>
    words
      .filter((word) => !isMapped(status, word) && !hasLabel(column, labelOf(status, word)))
      .map((word) => {
        const label = labelOf(status, word);
        return `${missingLabel(column, table, label)}, which builds start from: name the host's own in \`automationVersions.status.labels\` (it has ${known(column)}), ${instead}${orAdd(column, label)}.`;
      });
  return {
    mismatches: say(needed, 'leave it out of `startableStatuses`'),
    advice:
      given === null ? say(others, 'or leave it out of `startableStatuses` if no version waits there') : [],
  };
}

/** A label that is mapped is compared with those of the enum in any case. */
const isMapped = (status: StatusColumn, word: string) =>
  typeof status !== 'string' && Object.hasOwn(status.labels ?? {}, word);

const hasLabel = ({ labels }: LiveColumn, label: string) => labels === null || labels.includes(label);

const missingLabel = (column: LiveColumn, { schema, table }: LiveTable, label: string) =>
  `The enum ${column.typeSchema}.${column.typeName} of ${schema}.${table}.${column.name} has no label '${label}'`;

const known = ({ labels }: LiveColumn) => (labels ?? []).map((each) => `'${each}'`).join(', ');

/** In bytes. Postgres has no longer labels. */
const MAX_LABEL = 63;

function orAdd({ typeSchema, typeName }: LiveColumn, label: string): string {
  if (new TextEncoder().encode(label).length > MAX_LABEL) return '';
  return `, or run: alter type ${quoted(typeSchema)}.${quoted(typeName)} add value '${label.replaceAll("'", "''")}'`;
}
