import { expect } from 'vitest';
import type { GateFacts } from '../../../core/circuit-breaker/circuit-breaker.js';
import type { GateChange } from '../../../core/circuit-breaker/decide-circuit-breakers.js';
import type { GateState } from '../../../core/circuit-breaker/follow-circuit-breaker.js';
import { stableId } from '../../builders.js';
import type { StorageHarness } from '../../storage-harness.js';
import { commit, LONG_MS } from './store-steps.js';

/** The version that a change of this name gives a gate. */
export const versionOf = (name: string): string => stableId('gate', name);

/** A gate that is closed, and that nobody may try for longer than any test runs. */
export const SHUT: NonNullable<GateState['closed']> = {
  reason: 'credentials_refused',
  detail: 'WRK answered 401',
  probes: 0,
  nextProbeInMs: LONG_MS,
};

/** Saves one gate in a transaction that commits; whether it was written. `from` and `to` name versions. */
export function saveGate<Tx>(
  store: StorageHarness<Tx>,
  {
    tenantId = null,
    from,
    to,
    failures = 1,
    closed = null,
  }: Partial<GateState> & {
    readonly tenantId?: string | null;
    /** `null`: there is none yet. */
    readonly from: string | null;
    /** `null`: it goes. */
    readonly to: string | null;
  },
): Promise<boolean> {
  const change: GateChange = {
    tenantId,
    version: from === null ? null : versionOf(from),
    next: to === null ? null : { failures, closed, version: versionOf(to) },
  };
  return commit(store, (tx) => store.repository.saveGate(tx, change));
}

/** Closes a gate that is not there yet, to be tried after so many milliseconds. */
export async function closeGate<Tx>(
  store: StorageHarness<Tx>,
  { tenantId = null, nextProbeInMs }: { readonly tenantId?: string | null; readonly nextProbeInMs: number },
): Promise<void> {
  const closed = { ...SHUT, nextProbeInMs };
  expect(await saveGate(store, { tenantId, from: null, to: 'closed', closed })).toBe(true);
}

/** Everyone's gate, if it is there. */
export async function everyonesGate<Tx>(store: StorageHarness<Tx>): Promise<GateFacts | undefined> {
  return (await store.repository.loadGates([])).find(({ tenantId }) => tenantId === null);
}
