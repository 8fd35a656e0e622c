import { err } from 'neverthrow';
import type { MissingPrerequisite, RequestBuildError } from '../build/errors.js';
import type { AutomationVersionFacts, RequestFacts } from '../build/facts.js';
import { decideWithPrerequisites } from './decide-request-build.js';
import { checkPrerequisites, pickVersion } from './prerequisites.js';
import type { RequestBuildCommand, RequestBuildPolicy } from './request-build.js';

/** One thing that a build needs before it may start. */
export interface PrerequisiteCheck {
  readonly prerequisite: 'quote' | 'blueprint' | 'project' | 'blocking_issues' | 'host';
  readonly met: boolean;
  /** Why it is not met; empty if it is. */
  readonly missing: readonly MissingPrerequisite[];
}

/** How a request for a build would be decided. */
export interface BuildPreview {
  /** The version that would be built; `null` if the request names none, or several. */
  readonly automationVersion: Pick<
    AutomationVersionFacts,
    'id' | 'status' | 'updatedAt' | 'rowVersion'
  > | null;
  /** Why the request would be refused; `null` if it would be accepted. */
  readonly refusal: RequestBuildError | null;
  /** Every prerequisite, met or not; empty without a single version to check. */
  readonly prerequisites: readonly PrerequisiteCheck[];
}

const CHECKS: Readonly<Record<PrerequisiteCheck['prerequisite'], readonly MissingPrerequisite['code'][]>> = {
  quote: ['quote_not_signed'],
  blueprint: ['blueprint_incomplete'],
  project: ['project_missing', 'project_ambiguous'],
  blocking_issues: ['blocking_issue'],
  host: ['host_prerequisite'],
};

/** Decides as for a request, and returns every prerequisite, whichever check would have failed first. */
export function previewBuild(
  facts: RequestFacts,
  command: RequestBuildCommand,
  policy: RequestBuildPolicy,
  hostPrerequisites: readonly MissingPrerequisite[],
): BuildPreview {
  const picked = pickVersion(facts, command).map((candidate) => ({
    candidate,
    groundwork: checkPrerequisites(candidate, policy, hostPrerequisites),
  }));
  const decided = picked.match(
    ({ groundwork }) => decideWithPrerequisites(facts, command, policy, () => groundwork),
    (error) => err(error),
  );
  const refusal = decided.match(
    () => null,
    (error) => error,
  );
  return picked.match(
    ({ candidate, groundwork }) => {
      const { id, status, updatedAt, rowVersion } = candidate.automationVersion;
      const missing = groundwork.match(
        () => [],
        (found) => found,
      );
      return {
        automationVersion: { id, status, updatedAt, rowVersion },
        refusal,
        prerequisites: NAMES.map((prerequisite) => {
          const found = missing.filter(({ code }) => CHECKS[prerequisite].includes(code));
          return { prerequisite, met: found.length === 0, missing: found };
        }),
      };
    },
    () => ({ automationVersion: null, refusal, prerequisites: [] }),
  );
}

const NAMES = ['quote', 'blueprint', 'project', 'blocking_issues', 'host'] as const;
