/** A setting of the environment. Throws where it is missing. */
export function setting(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`Set ${name}.`);
}
