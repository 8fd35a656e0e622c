import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { programs, run } from './steps.mjs';

/** Makes an empty project with packages in it, such as the tarball. */
export const makeProject = (folder, packages, files = {}) => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...packages], folder);
  addFiles(folder, files);
  return folder;
};

/** Adds files, by their paths: a text, or `{ program }` for one of the programs. */
export const addFiles = (folder, files) => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    if (typeof content === 'string') writeFileSync(join(folder, path), content);
    else copyFileSync(join(programs, content.program), join(folder, path));
  }
};
