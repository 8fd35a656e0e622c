/**
 * Checks the package as a user gets it: packs it, has publint and attw judge the tarball, installs it into an
 * empty project, loads every entry both ways, and runs the README's programs in each kind of project.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { openSurroundings } from './readme-host.mjs';
import { makeProject, PROJECTS, programIn } from './readme-programs.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const FAKES = 'node_modules/wrk-builds/dist/testing.js';
// Each of these loads a package that its user brings along.
const brings = { './testing/contracts': 'vitest', './testing/msw': 'msw' };
const entries = Object.keys(manifest.exports)
  .filter((path) => path !== './package.json' && !(path in brings))
  .map((path) => manifest.name + path.slice(1));

const step = (title, action) => {
  action();
  console.log(`ok  ${title}`);
};

const run = (command, args, cwd = root) => {
  const result = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (result.status === 0) return result.stdout;
  throw new Error(`${command} ${args.join(' ')} failed:\n${result.stdout}\n${result.stderr}`);
};

const tool = (name) => join(root, 'node_modules', '.bin', name);

if (!existsSync(join(root, manifest.types))) {
  console.error('There is no complete build to pack. Run `npm run build` first.');
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'wrk-builds-package-'));
try {
  const [{ filename }] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder]));
  const tarball = join(folder, filename);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');

  step('publint finds nothing', () => run(tool('publint'), ['run', tarball, '--strict']));
  step('attw finds every entry resolvable', () => run(tool('attw'), [tarball]));
  // The versions that this project was tested with.
  const versionOf = (name) =>
    JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version;
  const install = (...names) =>
    run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...names.flat()], folder);
  step('it installs into an empty project', () => install(tarball));
  step('its source maps carry no paths of the machine that built it', () => {
    const dist = join(folder, 'node_modules/wrk-builds/dist');
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
  for (const entry of entries) {
    step(`${entry} loads with import and with require`, () => {
      const code = [`await import('${entry}')`, `require('${entry}')`];
      execFileSync(process.execPath, ['--input-type=module', '-e', code[0]], { cwd: folder });
      execFileSync(process.execPath, ['--input-type=commonjs', '-e', code[1]], { cwd: folder });
    });
  }
  for (const [path, peer] of Object.entries(brings)) {
    const entry = manifest.name + path.slice(1);
    step(`${entry} asks for ${peer}, which an empty project lacks`, () => {
      const { status, stderr } = spawnSync(
        process.execPath,
        ['--input-type=module', '-e', `await import('${entry}')`],
        { cwd: folder, encoding: 'utf8' },
      );
      if (status === 0 || !stderr.includes(`'${peer}'`))
        throw new Error(`Importing ${entry} did not ask for ${peer}:\n${stderr}`);
    });
  }
  for (const [type, file, load] of [
    ['module', 'fakes.mjs', (names, entry) => `import { ${names} } from '${entry}';`],
    ['commonjs', 'fakes.cjs', (names, entry) => `const { ${names} } = require('${entry}');`],
  ]) {
    step(`the fake WRK answers in a ${type} project without vitest, msw and require of modules`, () => {
      const code = `${load('createFakeWrk, fakeWrkClient, startFakeWrkServer', 'wrk-builds/testing')}
        ${load('BUILD_REQUESTS', 'wrk-builds/ports')}
        const fake = createFakeWrk();
        fakeWrkClient(fake, { duplicates: { by: 'idempotency-key' } });
        startFakeWrkServer(fake).then(async ({ url, close }) => {
          const { status } = await fetch(url + '/elsewhere');
          await close();
          console.log(BUILD_REQUESTS, status);
        });\n`;
      writeFileSync(join(folder, file), code);
      const output = run(process.execPath, ['--no-experimental-require-module', file], folder);
      if (output.trim() !== 'build-requests 404') throw new Error(`${file} printed:\n${output}`);
    });
  }
  const types = `import type { Builds } from 'wrk-builds';
import type { Queue } from 'wrk-builds/ports';
import { createFakeWrk, type FakeWrk } from 'wrk-builds/testing';
export const fake: FakeWrk = createFakeWrk();
export type Both = [Builds, Queue<object>];\n`;
  for (const file of ['types.mts', 'types.cts']) {
    step(`its types are found without vitest and msw, in ${file}`, () => {
      writeFileSync(join(folder, file), types);
      const settings = ['--strict', '--noEmit', '--skipLibCheck', '--module', 'node20', '--target', 'es2022'];
      const node = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')];
      run(tool('tsc'), [...settings, ...node, file], folder);
    });
  }
  const hostNeeds = ['pg', 'express', 'nodemailer'];
  const typesNeeded = ['node', ...hostNeeds].map((name) => `@types/${name}`);
  step("what the README's host program needs is installed beside it", () =>
    install([...hostNeeds, ...typesNeeded].map((name) => `${name}@${versionOf(name)}`)),
  );
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  step('every link of the README leads to a file of the package', () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path]) => path);
    const missing = links.filter((path) => !existsSync(join(folder, 'node_modules/wrk-builds', path)));
    if (links.length === 0 || missing.length > 0) throw new Error(`Missing: ${missing.join(', ')}`);
  });
  const [wiring, host] = ['wiring', 'postgres'].map((name) => programIn(readme, name));
  const tenantId = /tenantId, userId\] = \['([^']+)'/.exec(host)[1];
  const surroundings = await openSurroundings(await import(pathToFileURL(join(folder, FAKES)).href));
  try {
    for (const [index, project] of PROJECTS.entries()) {
      const make = (name, program) => makeProject(project, program, join(folder, `${name}-${index}`), tool);
      step(`the README's first program runs in ${project.name}`, () => {
        const output = run(process.execPath, [make('wiring', wiring)], folder);
        if (!output.endsWith('QA & Testing\n'))
          throw new Error(`It did not print "QA & Testing":\n${output}`);
      });
      await surroundings.runHost(make('host', host), tenantId);
      console.log(`ok  the README's host program builds, tells and stops in ${project.name}`);
    }
  } finally {
    await surroundings.close();
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
