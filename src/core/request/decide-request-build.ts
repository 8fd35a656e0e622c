import { err, ok, type Result } from 'neverthrow';
import type { MissingPrerequisite, RequestBuildError } from '../build/errors.js';
import type { CandidateFacts, RequestFacts } from '../build/facts.js';
import { BUILD_IN_PROGRESS } from '../build/statuses.js';
import { acceptRequest } from './accept-request.js';
import { checkPrerequisites, heldBy, pickVersion } from './prerequisites.js';
import type { RequestBuildCommand, RequestBuildOutcome, RequestBuildPolicy } from './request-build.js';

/**
 * Decides one request for a build. The checks come in a fixed order, and the first that fails answers.
 *
 * The same facts always give the same answer, so that it can be asked again whenever the commit finds them changed.
 */
export function decideRequestBuild(
  facts: RequestFacts,
  command: RequestBuildCommand,
  policy: RequestBuildPolicy,
  hostPrerequisites: readonly MissingPrerequisite[],
): Result<RequestBuildOutcome, RequestBuildError> {
  return decideWithPrerequisites(facts, command, policy, (candidate) =>
    checkPrerequisites(candidate, policy, hostPrerequisites),
  );
}

/** `decideRequestBuild` for a caller that wants to see the prerequisites too, since a blueprint is read only once. */
export function decideWithPrerequisites(
  facts: RequestFacts,
  command: RequestBuildCommand,
  policy: RequestBuildPolicy,
  check: (candidate: CandidateFacts) => ReturnType<typeof checkPrerequisites>,
): Result<RequestBuildOutcome, RequestBuildError> {
  const replay = replayed(facts, command);
  if (replay) return replay;
  return pickVersion(facts, command)
    .andThrough((candidate) => checkNotUnderWay(candidate))
    .andThrough((candidate) => checkNotBuilt(candidate))
    .andThrough((candidate) => checkStartable(candidate, policy))
    .andThrough((candidate) => checkHints(candidate, command))
    .andThen((candidate) =>
      check(candidate)
        .mapErr(refusePrerequisites)
        .map((groundwork): RequestBuildOutcome => acceptRequest(candidate, groundwork, command, policy)),
    );
}

/** Each time that a request was decided, the facts had moved before it was written. */
export function versionKeptChanging(): RequestBuildError {
  return {
    code: 'concurrency_conflict',
    message: 'The version or its project kept changing: send the request again.',
    details: null,
  };
}

/** Looked at before everything else: the first answer stands, whatever has become of the build since. */
function replayed(
  { storedAnswer }: RequestFacts,
  { idempotency }: RequestBuildCommand,
): Result<RequestBuildOutcome, RequestBuildError> | null {
  if (!storedAnswer || !idempotency) return null;
  if (storedAnswer.bodyHash === idempotency.bodyHash)
    return ok({ kind: 'replayed', answer: storedAnswer.answer });
  return err({
    code: 'idempotency_key_reused',
    message: 'The idempotency key has already been used for a different request: use a new key.',
  });
}

function checkNotUnderWay({
  automationVersion,
  binding,
  buildingSiblingIds,
}: CandidateFacts): Result<void, RequestBuildError> {
  if (binding?.status === 'pending' || binding?.status === 'error') {
    const message =
      binding.status === 'pending'
        ? 'The version is already being built: wait for the build to finish.'
        : 'The build of this version has failed: retry it, or cancel it and request a new one.';
    const details = { automationVersionId: automationVersion.id, bindingStatus: binding.status };
    return err({ code: 'build_already_in_progress', message, details });
  }
  const [sibling] = buildingSiblingIds;
  return sibling === undefined ? ok() : err(heldBy(sibling));
}

function checkNotBuilt({ binding }: CandidateFacts): Result<void, RequestBuildError> {
  if (binding?.status !== 'active') return ok();
  return err({
    code: 'version_already_built',
    message: 'The version has already been built: put changes into a new version.',
    details: { workflowId: binding.workflowId, workflowUrl: binding.workflowUrl },
  });
}

/** `Build in Progress` may start too: the host moved the version itself, or it was being built by hand before. */
function checkStartable(
  { automationVersion }: CandidateFacts,
  { startableStatuses }: RequestBuildPolicy,
): Result<void, RequestBuildError> {
  const { status } = automationVersion;
  if (status === BUILD_IN_PROGRESS || startableStatuses.includes(status)) return ok();
  return err({
    code: 'invalid_status_transition',
    message: `A build cannot start from “${status}”: move the version to ${startableStatuses.map((each) => `“${each}”`).join(' or ')} first.`,
    details: { status, startableStatuses },
  });
}

function checkHints(
  { automationVersion: { status, updatedAt, rowVersion } }: CandidateFacts,
  { lastKnownStatus, lastKnownUpdatedAt, lastKnownRowVersion }: RequestBuildCommand,
): Result<void, RequestBuildError> {
  const seenStatus = lastKnownStatus === null || lastKnownStatus === status;
  const seenUpdatedAt = lastKnownUpdatedAt === null || lastKnownUpdatedAt === updatedAt;
  const seenRow = lastKnownRowVersion === null || lastKnownRowVersion === rowVersion;
  if (seenStatus && seenUpdatedAt && seenRow) return ok();
  const isComparable = lastKnownUpdatedAt === null || updatedAt !== null;
  return err({
    code: 'concurrency_conflict',
    message: isComparable
      ? 'The version has changed since you loaded it: load it again, then decide.'
      : 'The version has no time of its last change that could be compared: compare its row version instead.',
    details: { status, updatedAt, rowVersion },
  });
}

function refusePrerequisites(missing: readonly MissingPrerequisite[]): RequestBuildError {
  const details = { missing };
  const [only, ...others] = missing;
  if (only && others.length === 0) {
    if (only.code === 'quote_not_signed') return { code: 'quote_not_signed', message: only.message, details };
    if (only.code === 'blueprint_incomplete')
      return { code: 'blueprint_incomplete', message: only.message, details };
  }
  return {
    code: 'missing_prerequisites',
    message: 'Several prerequisites are missing: fix the listed problems.',
    details,
  };
}
