import { err, ok, type Result } from 'neverthrow';
import type { ParseAhead } from '../core/blueprint/read-blueprint.js';
import type { BuildDecision, Refusal, Verdict } from '../core/build/decision.js';
import { hostRefused, type MissingPrerequisite, type RequestBuildError } from '../core/build/errors.js';
import type { CandidateFacts, RequestFacts } from '../core/build/facts.js';
import { isCostly, isLong, maxCheapBytes, tooManyCostlyRequests } from '../core/request/costly-request.js';
import { decideRequestBuild, versionKeptChanging } from '../core/request/decide-request-build.js';
import type {
  RequestBuildCommand,
  RequestBuildOutcome,
  RequestBuildPolicy,
} from '../core/request/request-build.js';
import type { LostRace } from '../ports/host-transactions.js';
import type { RequestQuery } from '../ports/repository.js';
import type { CostlyRequests } from './costly-requests.js';

/**
 * A check of the host's own, asked before each decision. An empty answer means that it is met. `Tx` is the type of the
 * storage's transactions, such as `PostgresTx`; a check that asks no database needs none.
 *
 * @example
 * ```ts
 * import type { HostPrerequisite } from 'wrk-builds';
 * import type { PostgresTx } from 'wrk-builds/postgres';
 *
 * const noOpenInvoice: HostPrerequisite<PostgresTx> = async ({ tenantId, tx }) => {
 *   const text = `select number from invoices where tenant_id = $1 and status = 'open'`;
 *   const open = tx ? await tx.query(text, [tenantId]) : (await pool.query(text, [tenantId])).rows;
 *   return open.map(({ number }) => ({ prerequisite: 'invoice', message: `Invoice ${number} is open: pay it first.` }));
 * };
 * ```
 */
export type HostPrerequisite<Tx = unknown> = (build: {
  readonly tenantId: string;
  readonly automationVersionId: string;
  readonly projectIds: readonly string[];
  /**
   * The host's transaction, where the request was made with `{ tx }`: what the check reads in it includes what the host has
   * changed there, and needs no second connection. It is over with the check. `undefined` without `tx`, and in a preview.
   */
  readonly tx: Tx | undefined;
}) => Promise<
  readonly {
    /** The host's own name for what is missing. */
    readonly prerequisite: string;
    /** For the person who asked: what is missing, and what to do next. */
    readonly message: string;
  }[]
>;

/** Reads the facts behind a request; `alone`: in a statement that no other request has to wait for. */
export type LoadRequest = (
  query: RequestQuery,
  options: { readonly waitMs: number | null; readonly alone: boolean },
) => Promise<RequestFacts>;

/** What the handler needs. */
export interface RequestBuildDeps<Tx = unknown> {
  readonly load: LoadRequest;
  readonly costly: CostlyRequests;
  readonly parseAhead: ParseAhead;
  readonly commit: (decision: BuildDecision) => Promise<Verdict>;
  readonly hostPrerequisites: readonly HostPrerequisite<Tx>[];
  readonly policy: RequestBuildPolicy;
  /** Longest wait for a lock that somebody else holds, in milliseconds. */
  readonly lockWaitMs: number;
  /**
   * The transaction that the request is handled in.
   *
   * @default transactions of its own
   */
  readonly tx?: Tx;
}

/** Times that a request is decided before the caller is told that the facts would not hold still. */
const ATTEMPTS = 3;

/** Handles a request in transactions of its own. */
export function handleRequestBuild<Tx>(
  command: RequestBuildCommand,
  deps: RequestBuildDeps<Tx>,
): Promise<Result<RequestBuildOutcome, RequestBuildError>> {
  return untilSettled((waitMs) => attemptRequest(command, deps, waitMs), deps.lockWaitMs);
}

/** What an attempt came to: an answer for the caller, or, with nothing written, why the request is decided again. */
export type Attempt =
  | { readonly kind: 'answered'; readonly answer: Result<RequestBuildOutcome, RequestBuildError> }
  | { readonly kind: 'again'; readonly because: Exclude<Verdict, Refusal> | LostRace };

/** Load, decide, commit, once. */
export async function attemptRequest<Tx>(
  command: RequestBuildCommand,
  deps: RequestBuildDeps<Tx>,
  waitMs: number | null,
): Promise<Attempt> {
  // 1. Load the facts, and ask the host for its own.
  const attempt = await withFacts(command, deps, waitMs, async (facts, missing): Promise<Attempt> => {
    // 2. Decide.
    const decided = decideRequestBuild(facts, command, deps.policy, missing);
    if (decided.isErr() || decided.value.kind === 'replayed') return { kind: 'answered', answer: decided };

    // 3. Commit. Whatever is not `ok` wrote nothing.
    const verdict = await deps.commit(decided.value.decision);
    if (typeof verdict === 'object') return { kind: 'answered', answer: err(hostRefused(verdict)) };
    return verdict === 'ok' ? { kind: 'answered', answer: decided } : { kind: 'again', because: verdict };
  });
  return attempt.isOk() ? attempt.value : { kind: 'answered', answer: err(attempt.error) };
}

/**
 * Does its work on the facts behind a request, and on what the host itself finds missing. A long blueprint is read only
 * once the request is admitted, in a second round trip that other requests do not pay.
 */
export async function withFacts<T, Tx>(
  command: RequestBuildCommand,
  {
    load,
    costly,
    parseAhead,
    policy,
    hostPrerequisites,
    tx,
  }: Omit<RequestBuildDeps<Tx>, 'commit' | 'lockWaitMs'>,
  waitMs: number | null,
  work: (facts: RequestFacts, missing: readonly MissingPrerequisite[]) => T | Promise<T>,
): Promise<Result<T, RequestBuildError>> {
  const { blueprintLimits } = policy;
  const query = queryFor(command, policy);
  const target = JSON.stringify([command.tenantId, command.target]);
  const go = async (loaded: RequestFacts) => {
    const [candidate, ...others] = loaded.candidates;
    const isOne = candidate !== undefined && others.length === 0;
    const facts = isOne ? { ...loaded, candidates: [await parseAhead(candidate)] } : loaded;
    return ok(await work(facts, await askHost(facts.candidates, command, hostPrerequisites, tx)));
  };

  const admit = async (wait: number | null) => {
    const whole = { ...query, maxBlueprintBytes: blueprintLimits.bytes };
    const admitted = await costly.admit(command.tenantId, async () => {
      const facts = await load(whole, { waitMs: wait, alone: true });
      costly.remember(target, isLong(facts, blueprintLimits));
      return go(facts);
    });
    return admitted ?? err(tooManyCostlyRequests());
  };

  // A database has to print a long blueprint even to measure it, so that nobody shares a statement with one that is known.
  if (costly.isRemembered(target)) return admit(waitMs);
  const cheap = { ...query, maxBlueprintBytes: maxCheapBytes(blueprintLimits) };
  const facts = await load(cheap, { waitMs, alone: false });
  costly.remember(target, isLong(facts, blueprintLimits));
  return isCostly(facts, blueprintLimits) ? admit(null) : go(facts);
}

/** Attempts again, on new facts, when the commit found that they had moved. After `busy` the next load waits first. */
export async function untilSettled(
  attempt: (waitMs: number | null) => Promise<Attempt>,
  lockWaitMs: number,
): Promise<Result<RequestBuildOutcome, RequestBuildError>> {
  let waitMs: number | null = null;
  for (let attempts = 1; attempts <= ATTEMPTS; attempts += 1) {
    const result = await attempt(waitMs);
    if (result.kind === 'answered') return result.answer;
    waitMs = result.because === 'busy' ? lockWaitMs : null;
  }
  return err(versionKeptChanging());
}

function queryFor(command: RequestBuildCommand, { startableStatuses }: RequestBuildPolicy): RequestQuery {
  const { tenantId, target, idempotency } = command;
  return {
    tenantId,
    target: 'projectId' in target ? { projectId: target.projectId, startableStatuses } : target,
    idempotency,
  };
}

async function askHost<Tx>(
  candidates: readonly CandidateFacts[],
  { tenantId }: RequestBuildCommand,
  prerequisites: readonly HostPrerequisite<Tx>[],
  tx: Tx | undefined,
): Promise<readonly MissingPrerequisite[]> {
  const [candidate, ...others] = candidates;
  if (!candidate || others.length > 0) return [];
  const build = {
    tenantId,
    automationVersionId: candidate.automationVersion.id,
    projectIds: candidate.projects.map((project) => project.id),
    tx,
  };
  const answers: Awaited<ReturnType<HostPrerequisite>>[] = [];
  // One after the other on one connection: what the first one breaks must not be undone while the next is still at it.
  if (tx === undefined) answers.push(...(await Promise.all(prerequisites.map((ask) => ask(build)))));
  else for (const ask of prerequisites) answers.push(await ask(build));
  return answers.flat().map((missing) => ({ code: 'host_prerequisite', ...missing }));
}
