import { err, type Result } from 'neverthrow';
import { decideRequestBuild } from '../core/decide-request-build.js';
import type { BuildDecision, Verdict } from '../core/decision.js';
import type { MissingPrerequisite, RequestBuildError } from '../core/errors.js';
import type { CandidateFacts, RequestFacts } from '../core/facts.js';
import type { RequestBuildCommand, RequestBuildOutcome, RequestBuildPolicy } from '../core/request-build.js';
import type { RequestQuery } from '../ports/repository.js';

/** A check of the host's own, asked before each decision. An empty answer means that it is met. */
export type HostPrerequisite = (build: {
  readonly tenantId: string;
  readonly automationVersionId: string;
  readonly projectIds: readonly string[];
}) => Promise<readonly { readonly prerequisite: string; readonly message: string }[]>;

/** What the handler needs of the world. */
export interface RequestBuildShell {
  readonly load: (query: RequestQuery, waitMs: number | null) => Promise<RequestFacts>;
  readonly commit: (decision: BuildDecision) => Promise<Verdict>;
  readonly hostPrerequisites: readonly HostPrerequisite[];
  readonly policy: RequestBuildPolicy;
  /** Longest wait for a lock that somebody else holds, in milliseconds. */
  readonly lockWaitMs: number;
}

/** Times that a request is decided before the caller is told that the facts would not hold still. */
const ATTEMPTS = 3;

/** Load, decide, commit; and again when the commit finds that the facts have moved. */
export async function handleRequestBuild(
  command: RequestBuildCommand,
  shell: RequestBuildShell,
): Promise<Result<RequestBuildOutcome, RequestBuildError>> {
  const query = queryFor(command, shell.policy);
  let waitMs: number | null = null;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    // 1. Load the facts, and ask the host for its own.
    const facts = await shell.load(query, waitMs);
    const missing = await askHost(facts.candidates, command, shell.hostPrerequisites);

    // 2. Decide.
    const decided = decideRequestBuild(facts, command, shell.policy, missing);
    if (decided.isErr() || decided.value.kind === 'replayed') return decided;

    // 3. Commit. Whatever is not `ok` wrote nothing.
    const verdict = await shell.commit(decided.value.decision);
    if (verdict === 'ok') return decided;
    waitMs = verdict === 'busy' ? shell.lockWaitMs : null;
  }
  return err({
    code: 'concurrency_conflict',
    message: 'The version or its project kept changing: try again in a moment.',
    details: null,
  });
}

function queryFor(command: RequestBuildCommand, { startableStatuses }: RequestBuildPolicy): RequestQuery {
  const { tenantId, target, idempotency } = command;
  return {
    tenantId,
    target: 'projectId' in target ? { projectId: target.projectId, startableStatuses } : target,
    idempotency,
  };
}

async function askHost(
  candidates: readonly CandidateFacts[],
  { tenantId }: RequestBuildCommand,
  prerequisites: readonly HostPrerequisite[],
): Promise<readonly MissingPrerequisite[]> {
  const [candidate, ...others] = candidates;
  if (!candidate || others.length > 0) return [];
  const build = {
    tenantId,
    automationVersionId: candidate.automationVersion.id,
    projectIds: candidate.projects.map((project) => project.id),
  };
  const answers = await Promise.all(prerequisites.map((ask) => ask(build)));
  return answers.flat().map((missing) => ({ code: 'host_prerequisite', ...missing }));
}
