/**
 * Takes the code behind each line of the flows out, one line at a time, and sees that line's test fail. It works on a
 * copy of the project. `node scripts/check-flows.mjs [word …]` looks only at what has one of the words in its ids, its
 * file or its description.
 *
 * A removal is noticed when every test it names ran and failed, while a witness of the same flow still passed: the code
 * runs on without what was taken out. Whatever is outside Postgres is looked at in memory, since that is quicker.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVitest } from 'vitest/node';
import { adapterRemovals } from './flow-removals-adapters.mjs';
import { coreRemovals } from './flow-removals-core.mjs';
import { exceptionRemovals } from './flow-removals-exceptions.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const words = process.argv.slice(2);
const removals = [...coreRemovals, ...exceptionRemovals, ...adapterRemovals].filter(
  ({ tests, file, what }) =>
    words.length === 0 || words.some((word) => [...tests, file, what].join(' ').includes(word)),
);

/** These pass as long as a request is accepted, and a build is carried out. */
const WITNESSES = { 21: '21.trigger.patch-status', 22: '22.trigger.message' };
const NOT_COPIED = ['node_modules', '.git', 'dist', 'coverage'];

const folder = mkdtempSync(join(tmpdir(), 'wrk-builds-flows-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
process.on('SIGINT', () => process.exit(130));
const copy = join(folder, 'project');

const prepare = () => {
  cpSync(root, copy, { recursive: true, filter: (path) => !NOT_COPIED.includes(basename(path)) });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'dir');
};

/** One Vitest for all runs; every run has a fresh worker, which reads what has been changed. */
const start = () =>
  createVitest('test', {
    root: copy,
    watch: false,
    reporters: [{}],
    testTimeout: 20_000,
    coverage: { enabled: false },
  });

/** Runs the tests with these ids in one storage family; gives each its status, `undefined` where it did not run. */
const run = async (vitest, ids, family) => {
  const flows = Object.keys(WITNESSES).filter((flow) => ids.some((id) => id.startsWith(flow)));
  const names = ids.map((id) => id.replaceAll('.', '\\.')).join('|');
  vitest.setGlobalTestNamePattern(new RegExp(`in ${family} (${names}) `));
  const files = await vitest.globTestSpecifications(flows.map((flow) => `test/flows/flow-${flow}.test.ts`));
  const { testModules } = await vitest.runTestSpecifications(files);
  const ran = testModules
    .flatMap((file) => [...file.children.allTests()])
    .map((test) => ({ title: test.name, status: test.result().state }))
    .filter(({ status }) => status === 'passed' || status === 'failed');
  return (id) => ran.find(({ title }) => title.startsWith(`${id} `))?.status;
};

const count = (text, part) => text.split(part).length - 1;

const misplaced = () =>
  removals.flatMap(({ what, file, find }) => {
    const found = count(readFileSync(join(copy, file), 'utf8'), find);
    return found === 1
      ? []
      : [`${file}: “${what}” looks for a text that is there ${found} times: ${find.trim()}`];
  });

/** What is wrong before anything is taken out. */
const unsound = async (vitest) => {
  const ids = [...new Set([...removals.flatMap(({ tests }) => tests), ...Object.values(WITNESSES)])];
  const problems = [];
  for (const family of ['memory', 'Postgres']) {
    const status = await run(vitest, ids, family);
    const wrong = ids.filter((id) => status(id) !== 'passed');
    problems.push(
      ...wrong.map((id) => `${id} in ${family} ${status(id) ?? 'is not there'}, with nothing taken out`),
    );
  }
  return problems;
};

/** Removes one thing, runs the tests of its line, and restores it. Returns what is wrong. */
const unnoticed = async (vitest, { tests, file, find, replace, uncounted }) => {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  const witnesses = [...new Set(tests.map((id) => WITNESSES[id.slice(0, 2)]))];
  const write = (content) => {
    writeFileSync(path, content);
    vitest.invalidateFile(path);
  };
  const family = file.includes('/postgres/') ? 'Postgres' : 'memory';
  // What is no longer written must not be counted either, or the storage refuses the whole decision.
  const removed = text.replace(find, () => replace);
  write(uncounted === undefined ? removed : removed.replace(uncounted, "''"));
  const status = await run(vitest, [...tests, ...witnesses], family);
  write(text);
  return [
    ...tests.filter((id) => status(id) !== 'failed').map((id) => `${id} ${status(id) ?? 'did not run'}`),
    ...witnesses
      .filter((id) => status(id) !== 'passed')
      .map((id) => `the witness ${id} ${status(id) ?? 'did not run'}`),
  ];
};

prepare();
const vitest = await start();
const problems = [...misplaced(), ...(await unsound(vitest))];
for (const problem of problems) console.error(problem);
let noticed = 0;
if (problems.length === 0) {
  for (const removal of removals) {
    const wrong = await unnoticed(vitest, removal);
    if (wrong.length === 0) noticed += 1;
    const verdict = wrong.length === 0 ? 'noticed ' : 'SURVIVED';
    const by = wrong.length === 0 ? removal.tests.join(', ') : wrong.join(', ');
    console.log(`${verdict}  ${removal.file}: ${removal.what} (${by})`);
  }
}
await vitest.close();
console.log(`${noticed} of ${removals.length} taken out and noticed`);
process.exitCode = removals.length > 0 && noticed === removals.length ? 0 : 1;
