import { addFiles } from './project.mjs';
import { node, step } from './steps.mjs';

const files = { 'copies.mjs': { program: 'copies.mjs' }, 'one-build.cjs': { program: 'one-build.cjs' } };

/** C8: two copies of the library in one process work together. */
export const checkCopies = async (project, databaseUrl) => {
  addFiles(project, files);
  await step('C8: it builds with every mixture of its ESM and its CommonJS copy', () => {
    const output = node(['copies.mjs'], project, { DATABASE_URL: databaseUrl });
    if (output !== '128 16\n') throw new Error(`copies.mjs printed:\n${output}`);
  });
};
