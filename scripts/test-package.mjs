/**
 * Checks the package as a user gets it: packs it, has publint and attw judge the tarball, installs it into an
 * empty project, loads every entry both ways, and runs the README's wiring example from ESM and from CommonJS.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asCommonJs, asModule, wiringExample } from './wiring-example.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const expected = 'QA & Testing';
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

const runExample = (file, text, cwd) => {
  writeFileSync(join(cwd, file), text);
  const output = run(process.execPath, [file], cwd);
  if (!output.includes(expected))
    throw new Error(`The README's wiring example in ${file} did not print "${expected}":\n${output}`);
};

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
  step('it installs into an empty project', () =>
    run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', tarball], folder),
  );
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
  const example = wiringExample(readFileSync(join(root, 'README.md'), 'utf8'));
  step("the README's wiring example runs as a module", () =>
    runExample('wiring.mjs', asModule(example), folder),
  );
  step("the README's wiring example runs with require", () =>
    runExample('wiring.cjs', asCommonJs(example), folder),
  );
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
