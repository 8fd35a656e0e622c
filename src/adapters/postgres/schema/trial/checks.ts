import type { ChecklistItem } from '../../../../core/blueprint/checklist.js';
import type { CandidateFacts, ProjectFacts } from '../../../../core/build/facts.js';
import { BUILD_IN_PROGRESS } from '../../../../core/build/statuses.js';
import type { TrialSession, VersionReference } from './session.js';

/** What reads otherwise than it was written, once a request is accepted. */
export type RequestFinding = { readonly during: string } & (
  | {
      /** A value that a trigger has changed. */
      readonly kind: 'changed';
      readonly table: 'projects' | 'automationVersions' | 'tasks';
      /** The path in the mapping: `tasks.slug`. */
      readonly mappedBy: string;
      readonly wrote: string;
      readonly reads: string;
    }
  | {
      /** A row that a condition of the mapping no longer finds. */
      readonly kind: 'gone';
      readonly table: 'projects' | 'automationVersions';
    }
  | {
      /** Rows that are not there. */
      readonly kind: 'dropped';
      readonly table: 'tasks' | 'auditLogs';
    }
  | {
      /** A task of the checklist that blocks its own build. */
      readonly kind: 'blocks';
    }
);

/** What was asked for, and how things stood before. */
interface Requested {
  readonly version: VersionReference;
  readonly candidate: CandidateFacts;
  readonly project: ProjectFacts;
  readonly items: readonly ChecklistItem[];
}

const during = 'a request';

/** Compares what is there after a request with what it wrote. */
export async function checkRequested(
  session: TrialSession,
  { version, candidate, project, items }: Requested,
): Promise<readonly RequestFinding[]> {
  const after = await session.loadVersion(version);
  if (!after) return [{ kind: 'gone', during, table: 'automationVersions' }];
  const projectAfter = after.projects.find(({ id }) => id === project.id);
  if (!projectAfter) return [{ kind: 'gone', during, table: 'projects' }];
  const statusOf = (table: 'projects' | 'automationVersions', reads: string): readonly RequestFinding[] =>
    reads === BUILD_IN_PROGRESS
      ? []
      : [
          {
            kind: 'changed',
            during,
            table,
            mappedBy: `${table}.status`,
            wrote: BUILD_IN_PROGRESS,
            reads,
          },
        ];
  const before = new Set(candidate.openBlockers.map(({ id }) => id));
  const blockers = after.openBlockers.filter(({ id }) => !before.has(id));
  return [
    ...statusOf('automationVersions', after.automationVersion.status),
    ...statusOf('projects', projectAfter.status),
    ...tasksOf(candidate, after.checklist, items),
    ...(blockers.length > 0 ? [{ kind: 'blocks', during } as const] : []),
    ...((await session.countAuditEntries(version)) === 0
      ? [{ kind: 'dropped', during, table: 'auditLogs' } as const]
      : []),
  ];
}

function tasksOf(
  candidate: CandidateFacts,
  checklist: CandidateFacts['checklist'],
  items: readonly ChecklistItem[],
): readonly RequestFinding[] {
  const known = new Set(candidate.checklist.map(({ slug }) => slug));
  const made = items.filter(({ slug }) => !known.has(slug));
  const found = checklist.filter(({ slug }) => !known.has(slug));
  if (found.length < made.length) return [{ kind: 'dropped', during, table: 'tasks' }];
  const changed = (
    of: 'slug' | 'category' | 'status',
    wrote: string,
    reads: string,
  ): readonly RequestFinding[] =>
    wrote === reads
      ? []
      : [{ kind: 'changed', during, table: 'tasks', mappedBy: `tasks.${of}`, wrote, reads }];
  const [slug] = made.filter((item) => !found.some((task) => task.slug === item.slug));
  if (slug) {
    const others = found.filter((task) => !made.some((item) => item.slug === task.slug));
    const alike = others.find((task) => lettersOf(task.slug) === lettersOf(slug.slug)) ?? others[0];
    return changed('slug', slug.slug, alike?.slug ?? 'nothing');
  }
  const [first] = made.flatMap((item) => {
    const task = found.find((each) => each.slug === item.slug);
    return task
      ? [...changed('category', item.category, task.category), ...changed('status', 'pending', task.status)]
      : [];
  });
  return first ? [first] : [];
}

const lettersOf = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
