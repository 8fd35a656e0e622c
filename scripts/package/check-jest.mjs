import { join } from 'node:path';
import { makeProject } from './project.mjs';
import { node, step, versionOf } from './steps.mjs';

/** Node 20.19 and 22 ship with `require` of modules; Jest has none of it, nor has a Node that was told not to. */
const VERSIONS = ['29', '30'];

const files = {
  'build.test.cjs': { program: 'build.test.cjs' },
  'one-build.cjs': { program: 'one-build.cjs' },
};

/** Builds in tests of a host's, in the versions of Jest that are about. */
export const checkJest = async (tarball, folder, databaseUrl) => {
  for (const version of VERSIONS) {
    await step(`it builds in tests of Jest ${version}, on CommonJS, also under fake timers`, () => {
      const packages = [tarball, `jest@${version}`, `pg@${versionOf('pg')}`];
      const project = makeProject(join(folder, `jest-${version}`), packages, files);
      const options = ['--testMatch', '**/*.test.cjs', '--ci', '--rootDir', project];
      node(['node_modules/jest/bin/jest.js', ...options], project, { DATABASE_URL: databaseUrl });
    });
  }
};
