import { err, ok, type Result } from 'neverthrow';
import { overLimit } from '../blueprint/blueprint-policy.js';
import type { ChecklistItem } from '../blueprint/checklist.js';
import { readBlueprint } from '../blueprint/read-blueprint.js';
import type { FoundFindings, MissingPrerequisite, RequestBuildError } from '../build/errors.js';
import type { CandidateFacts, ProjectFacts, QuoteFacts, RequestFacts } from '../build/facts.js';
import { keepFindings } from '../input/keep-findings.js';
import type { RequestBuildCommand, RequestBuildPolicy } from './request-build.js';

/** What a build stands on once every prerequisite is met. */
export interface Groundwork {
  readonly project: ProjectFacts;
  readonly quote: QuoteFacts;
  /** The tasks that follow from the blueprint. */
  readonly checklist: readonly ChecklistItem[];
  /** The systems that the blueprint names. */
  readonly systems: readonly string[];
}

/** The stored status of a quote that counts as signed. */
const SIGNED = 'signed';

/**
 * Checks everything at once, so that a person sees the whole list and not one item after another.
 *
 * `hostPrerequisites` are those that the host's own functions found unmet.
 */
export function checkPrerequisites(
  facts: CandidateFacts,
  policy: RequestBuildPolicy,
  hostPrerequisites: readonly MissingPrerequisite[],
): Result<Groundwork, readonly MissingPrerequisite[]> {
  const [project] = facts.projects;
  const quote = facts.quotes.find((candidate) => candidate.status === SIGNED && !candidate.expired);
  const plan = planChecklist(facts, policy);
  const blockers = facts.openBlockers.map(
    ({ id, title }): MissingPrerequisite => ({
      code: 'blocking_issue',
      message: `“${title}” blocks the build: complete it first.`,
      taskId: id,
    }),
  );
  const others = [...missingProject(facts.projects), ...blockers, ...hostPrerequisites];
  if (project && quote && plan.isOk() && others.length === 0) {
    return ok({ project, quote, ...plan.value });
  }
  return err([
    ...(quote ? [] : [missingQuote(facts.quotes)]),
    ...plan.match(
      () => [],
      (found): MissingPrerequisite[] => [
        {
          code: 'blueprint_incomplete',
          message: 'The blueprint is incomplete: fix the listed problems, then request the build again.',
          ...found,
        },
      ],
    ),
    ...others,
  ]);
}

/** The tasks that follow from the blueprint, or what is wrong with it. */
function planChecklist(
  { automationVersion, projects }: CandidateFacts,
  { blueprint, blueprintLimits, checklist }: RequestBuildPolicy,
): Result<Pick<Groundwork, 'checklist' | 'systems'>, FoundFindings> {
  return readBlueprint(automationVersion, blueprint, blueprintLimits).andThen(({ systems }) => {
    const { automationName } = automationVersion;
    const [project] = projects;
    const items = project ? checklist({ automationName, projectName: project.name, systems }) : [];
    const tooMany = overLimit(items.length, 'checklist items', 'checklistItems', blueprintLimits);
    return tooMany.length === 0
      ? ok({ checklist: items, systems })
      : err(keepFindings(tooMany, blueprintLimits.findings));
  });
}

function missingProject(projects: readonly ProjectFacts[]): readonly MissingPrerequisite[] {
  if (projects.length === 1) return [];
  if (projects.length === 0) {
    return [
      {
        code: 'project_missing',
        message: 'The automation version belongs to no project: add it to one first.',
      },
    ];
  }
  return [
    {
      code: 'project_ambiguous',
      message: 'The automation version belongs to several projects: keep it in one of them.',
      projectIds: projects.map((project) => project.id),
    },
  ];
}

function missingQuote(quotes: readonly QuoteFacts[]): MissingPrerequisite {
  const message = quotes.some((quote) => quote.status === SIGNED)
    ? 'The signed quote has expired: have a new one signed first.'
    : 'The quote is not signed: have the client sign it first.';
  return { code: 'quote_not_signed', message };
}

/** The one version that the request means: named by its id, or the only one of its project that may start. */
export function pickVersion(
  facts: RequestFacts,
  command: RequestBuildCommand,
): Result<CandidateFacts, RequestBuildError> {
  const [candidate, ...others] = facts.candidates;
  if (candidate && others.length === 0) return ok(candidate);
  if ('automationVersionId' in command.target) {
    return err({
      code: 'automation_version_not_found',
      message: 'There is no such automation version: check the id.',
    });
  }
  if (candidate) {
    return err({
      code: 'multiple_ready_for_build_versions',
      message: 'Several versions of the project are ready for build: request the one you mean by its id.',
      details: {
        automationVersionIds: facts.candidates.map(({ automationVersion }) => automationVersion.id),
      },
    });
  }
  if (facts.buildingVersionId) return err(heldBy(facts.buildingVersionId));
  return err({
    code: 'ready_for_build_version_not_found',
    message: 'No version of the project is ready for build: move one to “Ready for Build” first.',
  });
}

/** A project builds one version at a time. */
export function heldBy(automationVersionId: string): RequestBuildError {
  return {
    code: 'build_already_in_progress',
    message: 'Another version of the project is being built: wait for its build to finish.',
    details: { automationVersionId, bindingStatus: null },
  };
}
