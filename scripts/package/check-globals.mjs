import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { addFiles } from './project.mjs';
import { programs, step } from './steps.mjs';

const { plants, unsupported } = createRequire(import.meta.url)(join(programs, 'plants.cjs'));

const files = Object.fromEntries(
  ['planted.mjs', 'plants.cjs', 'one-build.cjs'].map((program) => [program, { program }]),
);

/** Ways to start Node that change the language for a whole process. */
const FLAGS = [
  '--frozen-intrinsics',
  '--disallow-code-generation-from-strings',
  '--disable-proto=throw',
  '--disable-proto=delete',
  '--no-experimental-require-module',
];

const PATIENCE_MS = 60_000;

/** Builds in processes whose globals are not what they were. */
export const checkGlobals = async (project) => {
  addFiles(project, files);
  const build = (flags, plant, when) => {
    const args = ['--no-warnings', ...flags, 'planted.mjs', plant, when];
    return spawnSync(process.execPath, args, { cwd: project, encoding: 'utf8', timeout: PATIENCE_MS });
  };
  const builds = (flags, plant, when) => {
    const { stdout, stderr } = build(flags, plant, when);
    if (stdout !== 'built\n') throw new Error(`It did not build: ${plant} ${when}\n${stdout}${stderr}`);
  };
  for (const plant of Object.keys(plants)) {
    await step(`it builds with ${plant}, planted before it is loaded and after`, () => {
      for (const when of ['before', 'after']) builds([], plant, when);
    });
  }
  for (const [plant, { says }] of Object.entries(unsupported)) {
    await step(`it says so at the start with ${plant}`, () => {
      const { status, stderr } = build([], plant, 'after');
      if (status !== 1 || !stderr.includes(says)) throw new Error(`It said:\n${stderr}`);
    });
  }
  for (const flag of FLAGS) {
    await step(`it builds on a Node that was started with ${flag}`, () =>
      builds([flag], 'nothing at all', 'before'),
    );
  }
};
