import type { Capabilities } from '../../../ports/capabilities.js';
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
