/**
 * Changes one small thing of `src` at a time in a copy of the project, and runs the tests until one fails: the nearest
 * ones first, then all of `npm test`. `node scripts/check-mutants.mjs [seed] [count] [first]`; the same seed gives the
 * same changes of the same code.
 *
 * A change that no test notices is not always a fault of the tests: it may change nothing that anybody can see.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mutantsOf } from './mutants.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [seed = 1, count = 200, first = 0] = process.argv.slice(2).map(Number);
const NOT_COPIED = ['node_modules', '.git', 'dist', 'coverage'];
/** What looks at the text of the code alone. */
const NO_WITNESS = /^test\/(docs|types|architecture)/;
const NEAREST = [4, 24];
const PATIENCE_MS = 600_000;

const folder = mkdtempSync(join(tmpdir(), 'wrk-builds-mutants-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
process.on('SIGINT', () => process.exit(130));
cpSync(root, folder, { recursive: true, filter: (path) => !NOT_COPIED.includes(basename(path)) });
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');

const filesBelow = (start) =>
  readdirSync(join(folder, start), { recursive: true })
    .map((name) => join(start, name))
    .filter((name) => name.endsWith('.ts'));
const importers = new Map();
for (const file of [...filesBelow('src'), ...filesBelow('test')]) {
  for (const [, path] of readFileSync(join(folder, file), 'utf8').matchAll(/from '(\.[^']+)\.js'/g)) {
    const target = `${join(dirname(file), path)}.ts`;
    importers.set(target, [...(importers.get(target) ?? []), file]);
  }
}

/** The test files that lead to a file, those first that do so by the fewest imports. */
const witnessesOf = (file) => {
  const reached = new Set([file]);
  for (const each of reached) for (const importer of importers.get(each) ?? []) reached.add(importer);
  return [...reached].filter((each) => each.endsWith('.test.ts') && !NO_WITNESS.test(each));
};

const vitest = (files) =>
  new Promise((resolve) => {
    const child = spawn('npx', ['vitest', 'run', '--bail=1', '--reporter=json', ...files], {
      cwd: folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    // A change may make a loop endless.
    const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), PATIENCE_MS);
    child.on('close', (code) => {
      clearTimeout(timer);
      const failed = /"status":"failed"[^}]*?"title":"([^"]*)"|"title":"([^"]*)"[^}]*?"status":"failed"/.exec(
        output,
      );
      resolve(code === 0 ? null : (failed?.[1] ?? failed?.[2] ?? 'an error outside of every test'));
    });
  });

/** The name of a test that failed; `null`: all passed. */
const noticedBy = async (file) => {
  const witnesses = witnessesOf(file);
  let tried = 0;
  for (const end of [...NEAREST, witnesses.length]) {
    const wave = witnesses.slice(tried, end);
    tried = Math.max(tried, end);
    const noticed = wave.length > 0 ? await vitest(wave) : null;
    if (noticed !== null) return noticed;
  }
  return null;
};

let killed = 0;
const mutants = mutantsOf(folder, seed, count).slice(first);
for (const [index, { file, line, start, end, found, replace }] of mutants.entries()) {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.slice(0, start) + replace + text.slice(end));
  const noticed = await noticedBy(file);
  writeFileSync(path, text);
  if (noticed !== null) killed += 1;
  const what = `${file}:${line}: “${found.replaceAll(/\s+/g, ' ').slice(0, 60)}” to “${replace}”`;
  console.log(
    `${first + index} ${noticed === null ? 'SURVIVED' : 'noticed '} ${what} (${noticed ?? 'no test'})`,
  );
}
console.log(`${killed} of ${mutants.length} noticed`);
