import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The program below `<!-- name -->` in the README. */
export const programIn = (readme, name) => {
  const program = new RegExp(`<!-- ${name} -->\\s*\`\`\`ts\\n([\\s\\S]*?)\\n\`\`\``).exec(readme)?.[1];
  if (program === undefined) throw new Error(`README.md has no program below <!-- ${name} -->.`);
  return `${program}\n`;
};

/** A CommonJS module may not await, so that all but the imports moves into a function. */
export const inFunction = (program) => {
  const isImport = (line) => line.startsWith('import ');
  const lines = program.split('\n');
  const body = lines.filter((line) => !isImport(line));
  return [...lines.filter(isImport), 'void (async () => {', ...body, '})();', ''].join('\n');
};

const STRICT = ['--strict', '--target', 'es2022', '--types', 'node', '--esModuleInterop', '--skipLibCheck'];

/**
 * The kinds of project that a host may be. Each is a folder below one where the package is installed, and `prepare`
 * makes the file that Node runs from a program.
 */
export const PROJECTS = [
  {
    name: 'an ESM project',
    type: 'module',
    prepare: (program, { write, tool }) => {
      write('main.ts', program);
      tool('tsc', [...STRICT, '--module', 'nodenext', 'main.ts']);
      return 'main.js';
    },
  },
  {
    name: 'a CommonJS project',
    type: 'commonjs',
    prepare: (program, { write, tool }) => {
      write('main.ts', inFunction(program));
      tool('tsc', [...STRICT, '--module', 'nodenext', 'main.ts']);
      return 'main.js';
    },
  },
  {
    name: 'a bundled project',
    type: 'module',
    prepare: (program, { write, tool }) => {
      write('main.ts', program);
      const asBundler = ['--module', 'esnext', '--moduleResolution', 'bundler', '--noEmit'];
      tool('tsc', [...STRICT, ...asBundler, 'main.ts']);
      const drivers = ['express', 'nodemailer', 'pg'].flatMap((name) => ['--external', name]);
      tool('tsup', ['main.ts', '--format', 'esm', '--platform', 'node', ...drivers, '-d', 'out']);
      return 'out/main.js';
    },
  },
  {
    name: 'a plain JavaScript project',
    type: 'commonjs',
    prepare: (program, { write }) => {
      write('main.mjs', program);
      return 'main.mjs';
    },
  },
];

/** Makes a project of a kind with a program in it; gives the path of the file to run. */
export const makeProject = ({ type, prepare }, program, folder, pathOfTool) => {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type }));
  const file = prepare(program, {
    write: (name, text) => writeFileSync(join(folder, name), text),
    tool: (name, args) => {
      const { status, stdout, stderr } = spawnSync(pathOfTool(name), args, { cwd: folder, encoding: 'utf8' });
      if (status !== 0) throw new Error(`${name} ${args.join(' ')} failed:\n${stdout}\n${stderr}`);
    },
  });
  return join(folder, file);
};
