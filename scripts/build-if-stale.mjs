/**
 * Builds the JavaScript of `dist` where it is older than its sources. The build goes into a folder beside it and is put in
 * its place when it is whole: processes that start together, or run on the old one, never meet half of it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const writtenAt = (path) => statSync(join(root, path)).mtimeMs;
const sources = readdirSync(join(root, 'src'), { encoding: 'utf8', recursive: true }).map(
  (path) => `src/${path}`,
);

const isStale = () => {
  if (!existsSync(join(root, 'dist/index.js'))) return true;
  const newest = Math.max(...[...sources, 'tsup.config.ts', 'package.json'].map(writtenAt));
  return newest > writtenAt('dist/index.js');
};

if (isStale()) {
  const [made, old] = ['new', 'old'].map((name) => `.dist-${name}-${process.pid}`);
  const tsup = join(root, 'node_modules/tsup/dist/cli-default.js');
  const { status } = spawnSync(process.execPath, [tsup, '--no-dts', '--silent', '--out-dir', made], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status === 0) {
    const dist = join(root, 'dist');
    if (existsSync(dist)) renameSync(dist, join(root, old));
    renameSync(join(root, made), dist);
  }
  for (const folder of [made, old]) rmSync(join(root, folder), { recursive: true, force: true });
  process.exitCode = status ?? 1;
}
