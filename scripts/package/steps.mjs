import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** The files that a check puts into its project. */
export const programs = join(root, 'scripts/package/programs');

/** Each entry but those of `brings`, as it is imported. */
export const brings = { './testing/contracts': 'vitest', './testing/msw': 'msw' };
export const entries = Object.keys(manifest.exports)
  .filter((path) => path !== './package.json' && !(path in brings))
  .map((path) => manifest.name + path.slice(1));

export const step = async (title, action) => {
  await action();
  console.log(`ok  ${title}`);
};

/** Runs a command to its end; throws with all that it printed unless it succeeds. */
export const run = (command, args, cwd = root, env = {}) => {
  const result = spawnSync(command, args, { cwd, encoding: 'utf8', env: { ...process.env, ...env } });
  if (result.status === 0) return result.stdout;
  throw new Error(`${command} ${args.join(' ')} failed:\n${result.stdout}\n${result.stderr}`);
};

export const node = (args, cwd, env) => run(process.execPath, args, cwd, env);

/** A tool of this project. */
export const tool = (name) => join(root, 'node_modules', '.bin', name);

/** The version of a package that this project was tested with. */
export const versionOf = (name) =>
  JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version;
