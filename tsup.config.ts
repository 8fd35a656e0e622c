import { readFileSync, writeFileSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import type { Options } from 'tsup';

/** tsup names the files of CommonJS by their full paths, which nobody but the builder has. */
function withoutPaths(mapPath: string): void {
  const map = JSON.parse(readFileSync(mapPath, 'utf8'));
  const relative = (path: string) => (isAbsolute(path) ? basename(path) : path);
  const file = typeof map.file === 'string' ? { file: relative(map.file) } : {};
  writeFileSync(mapPath, JSON.stringify({ ...map, sources: map.sources.map(relative), ...file }));
}

/**
 * Packages without a CommonJS build. CommonJS cannot load them in Jest, nor on a Node that was told not to require modules, so
 * the CommonJS files bring them along.
 */
const ESM_ONLY = ['ky', 'p-retry', 'is-network-error'];

/** What their licences ask for: to be passed on with the code. */
function writeLicences(folder: string): void {
  const sections = ESM_ONLY.map((name) => {
    const read = (file: string) => readFileSync(join('node_modules', name, file), 'utf8').trim();
    return `${name} ${JSON.parse(read('package.json')).version}\n\n${read('license')}`;
  });
  const text = `The CommonJS files of this folder contain these packages:\n\n${sections.join('\n\n----\n\n')}\n`;
  writeFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), text);
}

export default {
  entry: {
    index: 'src/index.ts',
    ports: 'src/ports/index.ts',
    memory: 'src/adapters/memory/index.ts',
    postgres: 'src/adapters/postgres/index.ts',
    'wrk-http': 'src/adapters/wrk-http/index.ts',
    notify: 'src/adapters/notify/index.ts',
    http: 'src/adapters/http/index.ts',
    express: 'src/adapters/express/index.ts',
    bullmq: 'src/adapters/bullmq/index.ts',
    'pg-boss': 'src/adapters/pg-boss/index.ts',
    testing: 'src/testing/index.ts',
    'testing-contracts': 'src/testing/contracts/index.ts',
    'testing-msw': 'src/testing/msw/index.ts',
  },
  format: ['esm', 'cjs'],
  target: 'node20',
  platform: 'node',
  loader: { '.sql': 'text' },
  // Both formats share chunks, so that a symbol or cache in core exists once however many entries are loaded.
  splitting: true,
  sourcemap: true,
  clean: true,
  noExternal: ESM_ONLY,
  esbuildOptions: (options, { format }) => {
    if (format === 'esm') options.external = [...(options.external ?? []), ...ESM_ONLY];
  },
  plugins: [
    {
      name: 'no-paths-of-the-builder',
      buildEnd: ({ writtenFiles }) => {
        for (const { name } of writtenFiles) if (name.endsWith('.map')) withoutPaths(name);
      },
    },
    {
      name: 'licences-of-what-is-bundled',
      buildEnd() {
        if (this.format === 'cjs') writeLicences(this.options.outDir);
      },
    },
  ],
  // tsup sets `baseUrl` for its own compile, which TypeScript 6 calls deprecated.
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
} satisfies Options;
