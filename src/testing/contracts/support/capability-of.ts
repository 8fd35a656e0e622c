import type { Capabilities } from '../../../ports/capabilities.js';
import type { FusedStatements } from '../../../ports/fused.js';
import type { Outbox } from '../../../ports/outbox.js';
import type { StorageHarness } from '../../storage-harness.js';

/** A capability that the contract is about, or that a case names. */
export function capabilityOf<Tx, Name extends keyof Capabilities<Tx>>(
  store: StorageHarness<Tx>,
  name: Name,
): NonNullable<StorageHarness<Tx>[Name]> {
  const capability = store[name];
  if (!capability) throw new Error(`this store has no capability ${name}: leave the contract out`);
  return capability;
}

/** The outbox of a store. */
export function outboxOf<Tx>({ outbox }: StorageHarness<Tx>): Outbox {
  if (!outbox) throw new Error('this store has no outbox: leave the contract out');
  return outbox;
}

/** The fused statements of a store. */
export function fusedOf<Tx>({ fused }: StorageHarness<Tx>): FusedStatements {
  if (!fused?.commit || !fused.claimDueBuilds)
    throw new Error('this store has no fused statements: wrap it in throughPorts, or leave the contract out');
  return { commit: fused.commit, claimDueBuilds: fused.claimDueBuilds, insteadOf: fused.insteadOf };
}
