// What is read afterwards, and what has to be true of it.

import { expect } from 'vitest';
import type { CircuitBreakerRecord } from '../../../core/build/circuit-breaker-facts.js';
import type { Verdict } from '../../../core/build/decision.js';
import type { BuildFacts, CandidateFacts, ClaimedBuild, RequestFacts } from '../../../core/build/facts.js';
import { readNotification } from '../../../core/build/messages.js';
import type { DeadLetter } from '../../../ports/dead-letters.js';
import type { ClaimedMessage } from '../../../ports/queue.js';
import type { BuildReference, RequestQuery } from '../../../ports/repository.js';
import { type BuildableProject, TENANT } from '../../builders.js';
import type { HostRows, LibraryRows, QueueHarness, StorageHarness } from '../../storage-harness.js';
import { capabilityOf } from './capability-of.js';

/** The value, which the case cannot go on without. */
export function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined)
    throw new Error('the store gave nothing where something had to be');
  return value;
}

/** The build that a claim brought; it is not kept back by a limit. */
export function received(answer: ClaimedBuild | 'over_limit' | null | undefined): ClaimedBuild {
  const build = present(answer);
  if (build === 'over_limit') throw new Error('a limit kept back a build that had to be received');
  return build;
}

/** A question about one version, without an idempotency key. */
export function aboutVersion(tenantId: string, automationVersionId: string): RequestQuery {
  return { tenantId, target: { automationVersionId }, idempotency: null };
}

/** The facts of one question. */
export async function requestFacts<Tx>(
  store: StorageHarness<Tx>,
  query: RequestQuery,
): Promise<RequestFacts> {
  const [facts] = await store.repository.loadRequests([query]);
  return present(facts);
}

/** The facts about one version of a project, its first by default. */
export async function candidate<Tx>(
  store: StorageHarness<Tx>,
  { tenantId, versionId }: Pick<BuildableProject, 'tenantId' | 'versionId'>,
): Promise<CandidateFacts> {
  const facts = await requestFacts(store, aboutVersion(tenantId, versionId));
  return present(facts.candidates[0]);
}

/** One build, which must exist. */
export async function build<Tx>(store: StorageHarness<Tx>, reference: BuildReference): Promise<BuildFacts> {
  const [facts] = await store.repository.loadBuilds([reference]);
  return present(facts);
}

/** One build as it stands, but for how long ago its calls were, which two reads never agree on. */
export async function timelessBuild<Tx>(
  store: StorageHarness<Tx>,
  reference: BuildReference,
): Promise<Omit<BuildFacts, 'calls'> & { readonly calls: readonly object[] }> {
  const facts = await build(store, reference);
  return { ...facts, calls: facts.calls.map(({ startedMsAgo: _, closedMsAgo: __, ...call }) => call) };
}

/** Everyone's circuit breaker, if it is there. */
export async function everyonesBreaker<Tx>(
  store: StorageHarness<Tx>,
): Promise<CircuitBreakerRecord | undefined> {
  return (await capabilityOf(store, 'circuitBreakers').load([])).find(({ tenantId }) => tenantId === null);
}

/** The dead letters of the tenant of these cases, newest first. */
export function deadLetters<Tx>(store: StorageHarness<Tx>): Promise<readonly DeadLetter[]> {
  return capabilityOf(store, 'deadLetters').list({ tenantId: TENANT, limit: 100 });
}

/** The key that `outgoingNotification` made the message with. */
export function keyOf(message: ClaimedMessage): string {
  return readNotification(message.body)._unsafeUnwrap().requestId;
}

/** The keys of the messages that everybody sees, in order. */
export async function messageKeys<Tx>(store: StorageHarness<Tx>): Promise<unknown[]> {
  return (await store.libraryRows()).messages.map(({ key }) => key).toSorted();
}

/** Every row of the store, for comparing before and after. */
export async function everything<Tx>(
  store: Pick<StorageHarness<Tx>, 'host' | 'libraryRows'>,
): Promise<{ readonly host: HostRows; readonly library: LibraryRows }> {
  return { host: await store.host.read(), library: await store.libraryRows() };
}

/** Fails unless `work` leaves every row as it was; gives what `work` gave. */
export async function nothingChanges<Tx, T>(
  store: Pick<QueueHarness<Tx>, 'host' | 'libraryRows'>,
  work: () => Promise<T>,
): Promise<T> {
  const rows = async () => ({ host: await store.host?.read(), library: await store.libraryRows() });
  const before = await rows();
  const result = await work();
  expect(await rows()).toEqual(before);
  return result;
}

/** Of rivals exactly one is `ok`; every other one is told to look again. */
export function oneWins(verdicts: readonly (Verdict | Error)[]): void {
  expect(verdicts.filter((verdict) => verdict === 'ok')).toHaveLength(1);
  const others = verdicts.filter((verdict) => verdict !== 'ok' && verdict !== 'busy' && verdict !== 'stale');
  expect(others, 'the losers are busy or stale').toEqual([]);
}
