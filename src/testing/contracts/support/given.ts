// What stands in the store before.

import { expect } from 'vitest';
import type { BuildDecision } from '../../../core/build/decision.js';
import type { CircuitBreakerState } from '../../../core/circuit-breaker/follow-circuit-breaker.js';
import type { BuildReference } from '../../../ports/repository.js';
import {
  type BuildableProject,
  type BuildableProjectOptions,
  buildableProject,
  outgoingNotification,
  stableId,
} from '../../builders.js';
import { acceptedDecision } from '../../decision-builders.js';
import type { StorageHarness } from '../../storage-harness.js';
import { candidate } from './then.js';
import { claimMessages, enqueue, LONG_MS, save, saveCircuitBreaker } from './when.js';

/** An id that nothing in any store has. */
export const NOBODY = stableId('nobody');

/** A version of a project that a build is requested of. */
type VersionOf = Pick<BuildableProject, 'tenantId' | 'versionId'>;

/** Puts a buildable project into the store. */
export async function project<Tx>(
  store: Pick<StorageHarness<Tx>, 'host'>,
  options: BuildableProjectOptions = {},
): Promise<BuildableProject> {
  const made = buildableProject(options);
  await store.host.insert(made.rows);
  return made;
}

/** A decision to accept a request, on the facts of this moment; nothing of it is saved yet. */
export async function acceptance<Tx>(
  store: StorageHarness<Tx>,
  version: VersionOf,
  options: { readonly label?: string; readonly idempotencyKey?: string; readonly priority?: number } = {},
): Promise<BuildDecision> {
  return acceptedDecision(await candidate(store, version), { tenantId: version.tenantId, ...options });
}

/** A build that was accepted a moment ago: `pending`, due, without a message; of a new project unless one is given. */
export async function build<Tx>(
  store: StorageHarness<Tx>,
  of: VersionOf | BuildableProjectOptions = {},
): Promise<BuildReference> {
  const decision = await acceptance(store, 'versionId' in of ? of : await project(store, of));
  expect(await save(store, decision)).toEqual(['ok']);
  return { tenantId: decision.tenantId, bindingId: decision.bindingId };
}

/** A build of a new project for each name, in this order. */
export async function builds<Tx>(
  store: StorageHarness<Tx>,
  names: readonly string[],
): Promise<readonly BuildReference[]> {
  const accepted: BuildReference[] = [];
  for (const name of names) accepted.push(await build(store, { name }));
  return accepted;
}

/** A dead letter for each key, with the key as its reason; in this order. */
export async function deadLetters<Tx>(store: StorageHarness<Tx>, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    await enqueue(store, outgoingNotification(key));
    for (const message of await claimMessages(store, { limit: 1 }))
      await store.queue.deadLetter(message, key);
    await store.passTime(5);
  }
}

/** The state of a circuit breaker that is open, and that nobody may try for longer than any test runs. */
export const OPEN: NonNullable<CircuitBreakerState['open']> = {
  reason: 'credentials_refused',
  detail: 'WRK answered 401',
  probes: 0,
  nextProbeInMs: LONG_MS,
};

/** An open circuit breaker where there was none, to be tried after so many milliseconds. */
export async function openCircuitBreaker<Tx>(
  store: StorageHarness<Tx>,
  { tenantId = null, nextProbeInMs }: { readonly tenantId?: string | null; readonly nextProbeInMs: number },
): Promise<void> {
  const open = { ...OPEN, nextProbeInMs };
  expect(await saveCircuitBreaker(store, { tenantId, from: null, to: 'open', open })).toBe(true);
}

/** Messages that show what a savepoint kept, by when they were written. */
export const BEFORE = outgoingNotification('before');
export const WITHIN = outgoingNotification('within');
export const AFTER = outgoingNotification('after');
