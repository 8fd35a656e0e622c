import { join } from 'node:path';
import { addFiles } from './project.mjs';
import { root, run, step, tool } from './steps.mjs';

const SETTINGS = ['--strict', '--noEmit', '--skipLibCheck', '--module', 'node20', '--target', 'es2022'];

const types = `import type { Builds } from 'wrk-builds';
import type { Queue } from 'wrk-builds/ports';
import { createFakeWrk, type FakeWrk } from 'wrk-builds/testing';
export const fake: FakeWrk = createFakeWrk();
export type Both = [Builds, Queue<object>];\n`;

/** Compiles against the package without the peers that only tests need. */
export const checkTypes = async (project) => {
  for (const file of ['types.mts', 'types.cts']) {
    await step(`its types are found without vitest and msw, in ${file}`, () => {
      addFiles(project, { [file]: types });
      const node = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')];
      run(tool('tsc'), [...SETTINGS, ...node, file], project);
    });
  }
};
