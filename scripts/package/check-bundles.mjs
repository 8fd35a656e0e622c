import { join } from 'node:path';
import { addFiles } from './project.mjs';
import { node, run, step, tool } from './steps.mjs';

const viteConfig = `export default {
  build: { ssr: 'bundled.mjs', outDir: 'vite', minify: true },
  ssr: { noExternal: true, external: ['pg'] },
  logLevel: 'error',
};\n`;

const files = {
  'bundled.mjs': { program: 'bundled.mjs' },
  'one-build.cjs': { program: 'one-build.cjs' },
  'vite.config.mjs': viteConfig,
};

const esbuild = (format, file) => ({
  name: `esbuild as ${format}, minified`,
  file,
  bundle: (project) =>
    run(
      tool('esbuild'),
      [
        'bundled.mjs',
        '--bundle',
        '--minify',
        '--platform=node',
        `--format=${format}`,
        '--external:pg',
        `--outfile=${file}`,
        '--log-level=error',
      ],
      project,
    ),
});

const BUNDLERS = [
  esbuild('esm', 'esbuild/bundled.mjs'),
  esbuild('cjs', 'esbuild/bundled.cjs'),
  {
    name: 'Vite for SSR, minified',
    file: 'vite/bundled.mjs',
    bundle: (project) => run(tool('vite'), ['build'], project),
  },
];

/** Builds with the library inside a bundle. */
export const checkBundles = async (project, databaseUrl) => {
  addFiles(project, files);
  for (const { name, file, bundle } of BUNDLERS) {
    await step(`it builds in a bundle of ${name}`, () => {
      bundle(project);
      const output = node([join(project, file)], project, { DATABASE_URL: databaseUrl });
      if (output !== 'built\n') throw new Error(`${file} printed:\n${output}`);
    });
  }
};
