import { err, ok, type Result } from 'neverthrow';
import type { BuildFacts, CallFacts } from '../build/facts.js';
import { type BindingStatus, BUILD_IN_PROGRESS } from '../build/statuses.js';
import { type CompletableBuild, isCompletable } from '../orchestration/end-run.js';
import type { OpsError } from './ops-error.js';

/** What is wrong and what a person can do instead, by the status of the build. */
const INSTEAD: Readonly<Record<BindingStatus, string>> = {
  pending: 'The build is pending: wait for it to finish.',
  active: 'The build is complete: put changes into a new version.',
  error: 'The build has failed: retry it, adopt its workflow, or cancel it.',
  cancelled: 'The build was cancelled: request a new build of the version.',
};

/** The command is for a build in one of these states. */
export function checkStatus(
  { binding }: BuildFacts,
  wanted: readonly BindingStatus[],
): Result<void, OpsError> {
  const { status } = binding;
  if (wanted.includes(status)) return ok();
  return err({
    code: 'wrong_build_status',
    message: INSTEAD[status],
    details: { status, wanted },
  });
}

/** A worker is not interrupted: its call may create the workflow at any moment. */
export function checkNotHeld({ isHeld }: BuildFacts): Result<void, OpsError> {
  if (!isHeld) return ok();
  return err({
    code: 'call_under_way',
    message: 'A worker is calling WRK for this build: try again in a minute.',
  });
}

/** The version must still be the one that is being built. */
export function checkBuildable(build: BuildFacts): Result<CompletableBuild, OpsError> {
  if (isCompletable(build)) return ok(build);
  const { automationVersion } = build;
  const message = !automationVersion
    ? 'The automation version no longer exists: cancel the build.'
    : automationVersion.status === BUILD_IN_PROGRESS
      ? 'The automation version belongs to no project: add it to one, or cancel the build.'
      : `The automation version is “${automationVersion.status}”: move it back to “${BUILD_IN_PROGRESS}”, or cancel the build.`;
  return err({
    code: 'not_buildable',
    message,
    details: { automationVersionStatus: automationVersion?.status ?? null },
  });
}

/** A project builds one version at a time, for commands too. */
export function checkNoSibling({ buildingSiblingIds }: BuildFacts): Result<void, OpsError> {
  const [automationVersionId] = buildingSiblingIds;
  if (automationVersionId === undefined) return ok();
  return err({
    code: 'sibling_in_progress',
    message:
      'Another version of the project is being built: wait for its build to finish, or cancel one of the two.',
    details: { automationVersionId },
  });
}

/** A person must accept the workflows that these calls may have created. */
export function checkRisk(
  risky: readonly CallFacts[],
  accepted: boolean,
  message: string,
): Result<void, OpsError> {
  if (risky.length === 0 || accepted) return ok();
  const calls = risky.map(({ run, number, workflowId, workflowUrl }) => ({
    run,
    number,
    workflowId,
    workflowUrl,
  }));
  return err({ code: 'duplicate_risk', message, details: { calls } });
}
