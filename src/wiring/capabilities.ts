import type { Capabilities } from '../ports/capabilities.js';

/** The capability of this name; throws where the storage does not have it. `use` says what asks for it. */
export function requireCapability<Tx, Name extends keyof Capabilities<Tx>>(
  use: string,
  capabilities: Capabilities<Tx>,
  name: Name,
): NonNullable<Capabilities<Tx>[Name]> {
  const capability = capabilities[name];
  if (!capability) throw missingCapability(use, name);
  return capability;
}

/** Says what asks for a capability that the storage does not have, and what to do about it. */
export function missingCapability(use: string, name: keyof Capabilities<never>): TypeError {
  // An interface is called as its property is.
  const implemented = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return new TypeError(
    `${use} needs the capability \`${name}\`, which this storage does not have: use the storage of wrk-builds/postgres or wrk-builds/memory, or implement ${implemented}.`,
  );
}
