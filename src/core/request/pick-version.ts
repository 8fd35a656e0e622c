import { err, ok, type Result } from 'neverthrow';
import type { RequestBuildError } from '../build/errors.js';
import type { CandidateFacts, RequestFacts } from '../build/facts.js';
import type { RequestBuildCommand } from './request-build.js';

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
