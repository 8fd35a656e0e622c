import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { manifest, root, run, step, tool } from './steps.mjs';

/** What publint, attw and a look at its files say of the package. */
export const checkTarball = async (tarball, installed) => {
  const dist = join(installed, 'dist');
  await step('publint finds nothing', () => run(tool('publint'), ['run', tarball, '--strict']));
  await step('attw finds every entry resolvable', () => run(tool('attw'), [tarball]));
  await step('its source maps carry no paths of the machine that built it', () => {
    const maps = readdirSync(dist).filter((name) => name.endsWith('.map'));
    const wrong = maps.filter((name) => {
      const text = readFileSync(join(dist, name), 'utf8');
      const { sources, sourceRoot = '', file = '' } = JSON.parse(text);
      return (
        text.includes(JSON.stringify(root).slice(1, -1)) || [...sources, sourceRoot, file].some(isAbsolute)
      );
    });
    if (maps.length === 0 || wrong.length > 0)
      throw new Error(`Paths are in ${wrong.join(', ') || 'no map'}`);
  });
  await step('the licence of each package that its CommonJS files contain is in it', () => {
    const licences = readFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
    const bundled = readdirSync(dist)
      .filter((name) => name.endsWith('.cjs.map'))
      .flatMap((name) => JSON.parse(readFileSync(join(dist, name), 'utf8')).sources)
      .flatMap((source) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []);
    const missing = [...new Set(bundled)].filter((name) => !licences.includes(`\n${name} `));
    if (bundled.length === 0 || missing.length > 0)
      throw new Error(`Bundled without a licence: ${missing.join(', ') || 'nothing is bundled'}`);
  });
  await step('every link of the README leads to a file of the package', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path]) => path);
    const missing = links.filter((path) => !existsSync(join(installed, path)));
    if (links.length === 0 || missing.length > 0) throw new Error(`Missing: ${missing.join(', ')}`);
  });
  const sizeOf = (end) =>
    readdirSync(dist)
      .filter((name) => name.endsWith(end))
      .reduce((sum, name) => sum + statSync(join(dist, name)).size, 0);
  const kB = (bytes) => `${Math.round(bytes / 1_000)} kB`;
  console.log(
    `    ${manifest.name} ${manifest.version}: ${kB(statSync(tarball).size)} packed; ESM ${kB(sizeOf('.js'))}, CommonJS ${kB(sizeOf('.cjs'))} with what it bundles`,
  );
};
