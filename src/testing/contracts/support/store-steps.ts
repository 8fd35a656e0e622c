import { ok } from 'neverthrow';
import { expect } from 'vitest';
import type { BuildDecision, Verdict } from '../../../core/build/decision.js';
import type { BuildFacts, CandidateFacts, ClaimedBuild, RequestFacts } from '../../../core/build/facts.js';
import type { OutgoingMessage } from '../../../core/build/messages.js';
import type { BuildReference, RequestQuery } from '../../../ports/repository.js';
import type { StrandedBuild, Sweep, SweepCursor } from '../../../ports/sweep.js';
import {
  type BuildableProject,
  type BuildableProjectOptions,
  buildableProject,
  stableId,
} from '../../builders.js';
import { acceptedDecision } from '../../decision-builders.js';
import type { HostRows, LibraryRows, QueueHarness, StorageHarness } from '../../storage-harness.js';
import { capabilityOf } from './capability-of.js';

/** A lease that no test outlives. */
export const LONG_MS = 60_000;

/** A lease or a delay that is over after {@link outlast}; nothing may depend on getting anything done within it. */
export const SHORT_MS = 40;

/** Lets everything run out that was given {@link SHORT_MS}. */
export async function outlast<Tx>(store: QueueHarness<Tx>): Promise<void> {
  await store.passTime(SHORT_MS * 2);
}

/** Puts a buildable project into the store. */
export async function seed<Tx>(
  store: StorageHarness<Tx>,
  options: BuildableProjectOptions = {},
): Promise<BuildableProject> {
  const project = buildableProject(options);
  await store.host.insert(project.rows);
  return project;
}

/** The facts of one question. */
export async function factsOf<Tx>(store: StorageHarness<Tx>, query: RequestQuery): Promise<RequestFacts> {
  const [facts] = await store.repository.loadRequests([query]);
  return present(facts);
}

/** A question about one version, without an idempotency key. */
export function aboutVersion(tenantId: string, automationVersionId: string): RequestQuery {
  return { tenantId, target: { automationVersionId }, idempotency: null };
}

/** The facts about one version of a seeded project, its first by default. */
export async function candidateOf<Tx>(
  store: StorageHarness<Tx>,
  { tenantId, versionId }: Pick<BuildableProject, 'tenantId' | 'versionId'>,
): Promise<CandidateFacts> {
  const facts = await factsOf(store, aboutVersion(tenantId, versionId));
  return present(facts.candidates[0]);
}

/** A decision to accept, on the facts of this moment. */
export async function requestOf<Tx>(
  store: StorageHarness<Tx>,
  project: Pick<BuildableProject, 'tenantId' | 'versionId'>,
  options: { readonly label?: string; readonly idempotencyKey?: string; readonly priority?: number } = {},
): Promise<BuildDecision> {
  return acceptedDecision(await candidateOf(store, project), { tenantId: project.tenantId, ...options });
}

/** Runs work that cannot fail in one transaction and commits it. */
export async function commit<Tx, T>(
  store: Pick<QueueHarness<Tx>, 'repository'>,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const result = await store.repository.transaction(async (tx) => ok<T, never>(await work(tx)));
  return result._unsafeUnwrap();
}

/** Saves decisions in one call and one transaction that commits, whatever the verdicts are. */
export function save<Tx>(
  store: StorageHarness<Tx>,
  ...decisions: BuildDecision[]
): Promise<readonly Verdict[]> {
  return commit(store, (tx) => store.repository.save(tx, decisions));
}

/** Enqueues in one transaction that commits. */
export function enqueue<Tx>(store: QueueHarness<Tx>, ...messages: OutgoingMessage[]): Promise<void> {
  return commit(store, (tx) => store.queue.enqueue(tx, messages));
}

/** A build that was accepted a moment ago: `pending`, due, without a message. */
export async function accept<Tx>(
  store: StorageHarness<Tx>,
  project: Pick<BuildableProject, 'tenantId' | 'versionId'>,
): Promise<BuildReference> {
  const decision = await requestOf(store, project);
  expect(await save(store, decision)).toEqual(['ok']);
  return { tenantId: decision.tenantId, bindingId: decision.bindingId };
}

/** Seeds a project and accepts a build of it. */
export async function acceptNew<Tx>(
  store: StorageHarness<Tx>,
  options: BuildableProjectOptions = {},
): Promise<BuildReference> {
  return accept(store, await seed(store, options));
}

/** Seeds a project for each name and accepts a build of each, in this order. */
export async function acceptAll<Tx>(
  store: StorageHarness<Tx>,
  names: readonly string[],
): Promise<readonly BuildReference[]> {
  const builds: BuildReference[] = [];
  for (const name of names) builds.push(await acceptNew(store, { name }));
  return builds;
}

/** Claims one build, for longer than any test runs unless told otherwise; `null` when it is not to be had. */
export async function tryClaim<Tx>(
  store: StorageHarness<Tx>,
  build: BuildReference,
  leaseMs = LONG_MS,
): Promise<ClaimedBuild | null> {
  const [claimed] = await store.repository.claimBuilds([build], { leaseMs });
  if (claimed === undefined) throw new Error('the store gave no answer about a build');
  return claimed && received(claimed);
}

/** The build that a claim brought; it is not kept back by a limit. */
export function received(answer: ClaimedBuild | 'over_limit' | null | undefined): ClaimedBuild {
  const build = present(answer);
  if (build === 'over_limit') throw new Error('a limit kept back a build that had to be received');
  return build;
}

/** What a sweep finds, in looks at so many builds, each in a transaction of its own. */
export async function findStranded<Tx>(
  store: StorageHarness<Tx>,
  { limit = 10 }: { readonly limit?: number } = {},
): Promise<readonly StrandedBuild[]> {
  const found: StrandedBuild[] = [];
  let next: SweepCursor | null = null;
  do {
    const cursor: SweepCursor | null = next;
    const look: Awaited<ReturnType<Sweep<Tx>['findStranded']>> = await commit(store, (tx) =>
      capabilityOf(store, 'sweep').findStranded(tx, { limit, cursor }),
    );
    found.push(...look.builds);
    next = look.nextCursor;
  } while (next);
  return found;
}

/** Claims one build that must be there to be had. */
export async function claim<Tx>(
  store: StorageHarness<Tx>,
  build: BuildReference,
  leaseMs = LONG_MS,
): Promise<ClaimedBuild> {
  return present(await tryClaim(store, build, leaseMs));
}

/** Reads one build that must exist. */
export async function buildOf<Tx>(store: StorageHarness<Tx>, build: BuildReference): Promise<BuildFacts> {
  const [facts] = await store.repository.loadBuilds([build]);
  return present(facts);
}

/** Every row of the store, for comparing before and after. */
export async function everything<Tx>(
  store: StorageHarness<Tx>,
): Promise<{ readonly host: HostRows; readonly library: LibraryRows }> {
  return { host: await store.host.read(), library: await store.libraryRows() };
}

/** Fails unless `work` leaves every row as it was; gives what `work` gave. */
export async function changingNothing<Tx, T>(store: QueueHarness<Tx>, work: () => Promise<T>): Promise<T> {
  const everything = async () => ({ host: await store.host?.read(), library: await store.libraryRows() });
  const before = await everything();
  const result = await work();
  expect(await everything()).toEqual(before);
  return result;
}

/** Of rivals exactly one is `ok`; every other one is told to look again. */
export function expectOneWinner(verdicts: readonly (Verdict | Error)[]): void {
  expect(verdicts.filter((verdict) => verdict === 'ok')).toHaveLength(1);
  const others = verdicts.filter((verdict) => verdict !== 'ok' && verdict !== 'busy' && verdict !== 'stale');
  expect(others, 'the losers are busy or stale').toEqual([]);
}

/** Fails unless the decision is stale and nothing at all of it is written. */
export async function expectStale<Tx>(store: StorageHarness<Tx>, decision: BuildDecision): Promise<void> {
  expect(await changingNothing(store, () => save(store, decision))).toEqual(['stale']);
}

/** Holds a row's lock, in a transaction of its own, while `work` runs. */
export async function whileLocked<Tx, T>(
  store: StorageHarness<Tx>,
  [table, id]: Parameters<StorageHarness<Tx>['host']['lock']>,
  work: () => Promise<T>,
): Promise<T> {
  const { release } = await store.host.lock(table, id);
  try {
    return await work();
  } finally {
    await release();
  }
}

/** A promise that can be asked whether it is settled. */
export function watched<T>(promise: Promise<T>): {
  readonly promise: Promise<T>;
  readonly isOver: () => boolean;
} {
  let over = false;
  const end = () => {
    over = true;
  };
  promise.then(end, end);
  return { promise, isOver: () => over };
}

/** The value, which the case cannot go on without. */
export function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined)
    throw new Error('the store gave nothing where something had to be');
  return value;
}

/** An id that nothing in any store has. */
export const NOBODY = stableId('nobody');
