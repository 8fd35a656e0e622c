import { err, ok, type Result } from 'neverthrow';
import { type BlueprintPolicy, readBlueprint } from '../blueprint/blueprint-policy.js';
import type { MissingPrerequisite } from '../build/errors.js';
import type { CandidateFacts, ProjectFacts, QuoteFacts } from '../build/facts.js';

/** What a build stands on once every prerequisite is met. */
export interface Groundwork {
  readonly project: ProjectFacts;
  readonly quote: QuoteFacts;
  /** The systems that the blueprint touches. */
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
  policy: BlueprintPolicy,
  hostPrerequisites: readonly MissingPrerequisite[],
): Result<Groundwork, readonly MissingPrerequisite[]> {
  const [project] = facts.projects;
  const quote = facts.quotes.find((candidate) => candidate.status === SIGNED && !candidate.expired);
  const blueprint = readBlueprint(facts.automationVersion.blueprintJson, policy);
  const blockers = facts.openBlockers.map(
    ({ id, title }): MissingPrerequisite => ({
      code: 'blocking_issue',
      message: `“${title}” blocks the build: complete it first.`,
      taskId: id,
    }),
  );
  const others = [...missingProject(facts.projects), ...blockers, ...hostPrerequisites];
  if (project && quote && blueprint.isOk() && others.length === 0) {
    return ok({ project, quote, systems: blueprint.value.systems });
  }
  return err([
    ...(quote ? [] : [missingQuote(facts.quotes)]),
    ...blueprint.match(
      () => [],
      (findings): MissingPrerequisite[] => [
        {
          code: 'blueprint_incomplete',
          message: 'The blueprint is incomplete: fix the listed problems, then request the build again.',
          findings,
        },
      ],
    ),
    ...others,
  ]);
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
