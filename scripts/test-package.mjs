/**
 * Checks the package as a user gets it: packs it, has publint and attw judge the tarball, installs it into empty projects,
 * and builds with it in every module system, test runner and bundler that a host may have, and in processes whose globals
 * others have changed. Ends with what takes longest. `--all` has Next.js leave the library out of its bundle, too.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkBundles } from './package/check-bundles.mjs';
import { checkCopies } from './package/check-copies.mjs';
import { checkEntries } from './package/check-entries.mjs';
import { checkGlobals } from './package/check-globals.mjs';
import { checkJest } from './package/check-jest.mjs';
import { checkNext } from './package/check-next.mjs';
import { checkReadme } from './package/check-readme.mjs';
import { checkTarball } from './package/check-tarball.mjs';
import { checkTypes } from './package/check-types.mjs';
import { makeProject } from './package/project.mjs';
import { manifest, root, run, versionOf } from './package/steps.mjs';
import { openSurroundings } from './readme-host.mjs';

if (!existsSync(join(root, manifest.types))) {
  console.error('There is no complete build to pack. Run `npm run build` first.');
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'wrk-builds-package-'));
let surroundings;
try {
  const [{ filename }] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder]));
  const tarball = join(folder, filename);
  const project = makeProject(join(folder, 'project'), [tarball]);
  const installed = join(project, 'node_modules', manifest.name);
  await checkTarball(tarball, installed);
  await checkEntries(project);
  await checkTypes(project);
  await checkGlobals(project);

  const hostNeeds = ['pg', 'express', 'nodemailer'];
  const typesNeeded = ['node', ...hostNeeds].map((name) => `@types/${name}`);
  const withVersions = [...hostNeeds, ...typesNeeded].map((name) => `${name}@${versionOf(name)}`);
  makeProject(project, [tarball, ...withVersions]);
  surroundings = await openSurroundings(await import(pathToFileURL(join(installed, 'dist/testing.js')).href));
  await checkCopies(project, surroundings.databaseUrl);
  await checkBundles(project, surroundings.databaseUrl);
  await checkReadme(project, surroundings);
  await checkJest(tarball, folder, surroundings.databaseUrl);
  const all = process.argv.includes('--all');
  await checkNext(tarball, folder, surroundings.databaseUrl, { all });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await surroundings?.close();
  rmSync(folder, { recursive: true, force: true });
}
