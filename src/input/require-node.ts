/** The oldest Node that every part of the library works on; `engines` in package.json says the same. */
const OLDEST = [20, 19] as const;

/** Throws a TypeError on a Node that is too old. npm only warns of it, and what fails then is somewhere else. */
export function requireNode(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new TypeError(
    `createBuilds cannot run here:\n- Node: is ${version}: use Node ${OLDEST.join('.')} or newer`,
  );
}
