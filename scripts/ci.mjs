/**
 * Runs every check, goes on after one that fails, and ends with one line: `N passed, N failed[, N skipped]`.
 * A check counts as one test; `npm test` and `npm run test:torture` count as the tests they ran, and skipped ones are named.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'wrk-builds-ci-'));

const run = (script, args = []) => {
  console.log(`\n── npm run ${script}`);
  const began = Date.now();
  const { status } = spawnSync('npm', ['run', '--silent', script, '--', ...args], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  console.log(`── npm run ${script} took ${Math.round((Date.now() - began) / 1000)} s`);
  return status === 0;
};

const readTestFiles = (results) => {
  try {
    return JSON.parse(readFileSync(results, 'utf8')).testResults;
  } catch {
    return [];
  }
};

let passed = 0;
const failures = [];
const skipped = [];

const check = (script, args) => {
  if (run(script, args)) passed += 1;
  else failures.push(`npm run ${script}`);
};

const tests = (script) => {
  const results = join(folder, `${script.replace(':', '-')}.json`);
  const ok = run(script, ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`]);
  const failedBefore = failures.length;
  for (const { name, status: fileStatus, assertionResults } of readTestFiles(results)) {
    const file = `npm run ${script}: ${relative(process.cwd(), name)}`;
    for (const { status, fullName } of assertionResults) {
      if (status === 'passed') passed += 1;
      else (status === 'failed' ? failures : skipped).push(`${file} > ${fullName}`);
    }
    // A file that does not even load has no tests to fail.
    const blamed = assertionResults.some(({ status }) => status === 'failed');
    if (fileStatus === 'failed' && !blamed) failures.push(file);
  }
  // Something outside of every test can fail the run: an error that nobody caught.
  if (!ok && failures.length === failedBefore) failures.push(`npm run ${script}`);
};

check('lint', process.stdout.isTTY ? [] : ['--colors=off']);
for (const script of ['typecheck', 'knip']) check(script);
for (const script of ['test', 'test:torture']) tests(script);
for (const script of ['coverage', 'build', 'test:package']) check(script);
check('test:matrix', ['--ends']);
rmSync(folder, { recursive: true, force: true });

for (const name of failures) console.log(`failed: ${name}`);
for (const name of skipped) console.log(`skipped: ${name}`);
const counts = [`${passed} passed`, `${failures.length} failed`];
if (skipped.length > 0) counts.push(`${skipped.length} skipped`);
console.log(counts.join(', '));
process.exitCode = failures.length === 0 ? 0 : 1;
