import { literal, quoted } from '../sql/quoting.js';
import { readColumn, readStatus } from './columns.js';
import type { CompleteMapping } from './host-mapping.js';
import type { ParentReference } from './mapped-columns.js';

type Tasks = CompleteMapping['tasks'];
type Parent = 'project' | 'version';

/** The columns of tasks in the flows' names, beside those of every table. */
export function taskColumns(tasks: Tasks): Readonly<Record<string, string>> {
  const { blocker } = tasks;
  return {
    ...parentColumns(tasks, 'project'),
    ...parentColumns(tasks, 'version'),
    kind: readColumn(tasks.kind),
    template_slug: readColumn(tasks.slug),
    category: readColumn(tasks.category),
    title: `x.${quoted(tasks.title)}`,
    status: readStatus(tasks.status),
    is_blocker:
      typeof blocker === 'string'
        ? `x.${quoted(blocker)}`
        : `x.${quoted(blocker.column)}::text is not distinct from ${literal(blocker.equals)}`,
  };
}

/** If tasks can name one kind of parent alone, those that name another kind do not exist for the library. */
export function parentConditions(tasks: Tasks): readonly string[] {
  const only = tasks.project ?? tasks.automationVersion;
  return namesBoth(tasks) || only === null || typeof only === 'string'
    ? []
    : [`x.${quoted(only.type)}::text = ${literal(only.is)}`];
}

/**
 * Whether the row `task` of the relation belongs to a build: alternatives that exclude each other, so that each can use an
 * index of its own. `equals` compares a column with the id of the build's project or version.
 *
 * A task that names a version belongs to that one, whatever project it names: a version may have changed its project.
 */
export function taskConditions(
  tasks: Tasks,
  task: string,
  equals: Readonly<Record<Parent, (column: string) => string>>,
): readonly string[] {
  const hangsOn = (parent: Parent) => {
    const type = typeOf(tasks, parent);
    const ofType = type === null ? '' : `${task}.${parent}_type = ${literal(type)} and `;
    return `${ofType}${equals[parent](`${task}.${parent}_id`)}`;
  };
  if (!namesBoth(tasks)) return [hangsOn(tasks.project === null ? 'version' : 'project')];
  const type = typeOf(tasks, 'version');
  const ofOtherType = type === null ? '' : `${task}.version_type is distinct from ${literal(type)} or `;
  return [hangsOn('version'), `${hangsOn('project')} and (${ofOtherType}${task}.version_id is null)`];
}

/** Whether tasks can name versions. */
export const namesVersions = ({ automationVersion }: Tasks): boolean => automationVersion !== null;

const namesBoth = ({ project, automationVersion }: Tasks) => project !== null && automationVersion !== null;

const referenceTo = ({ project, automationVersion }: Tasks, parent: Parent): ParentReference | null =>
  parent === 'project' ? project : automationVersion;

/** What the type column has to say, unless the relation has tasks with this kind of parent alone. */
function typeOf(tasks: Tasks, parent: Parent): string | null {
  const reference = referenceTo(tasks, parent);
  return namesBoth(tasks) && reference !== null && typeof reference !== 'string' ? reference.is : null;
}

function parentColumns(tasks: Tasks, parent: Parent): Readonly<Record<string, string>> {
  const reference = referenceTo(tasks, parent);
  if (reference === null) return {};
  if (typeof reference === 'string') return { [`${parent}_id`]: `x.${quoted(reference)}` };
  return {
    [`${parent}_id`]: `x.${quoted(reference.id)}`,
    ...(namesBoth(tasks) ? { [`${parent}_type`]: `x.${quoted(reference.type)}::text` } : {}),
  };
}
