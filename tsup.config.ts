import { readFileSync, writeFileSync } from 'node:fs';
import { basename, isAbsolute } from 'node:path';
import type { Options } from 'tsup';

/** tsup names the files of CommonJS by their full paths, which nobody but the builder has. */
function withoutPaths(mapPath: string): void {
  const map = JSON.parse(readFileSync(mapPath, 'utf8'));
  const relative = (path: string) => (isAbsolute(path) ? basename(path) : path);
  const file = typeof map.file === 'string' ? { file: relative(map.file) } : {};
  writeFileSync(mapPath, JSON.stringify({ ...map, sources: map.sources.map(relative), ...file }));
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
  plugins: [
    {
      name: 'no-paths-of-the-builder',
      buildEnd: ({ writtenFiles }) => {
        for (const { name } of writtenFiles) if (name.endsWith('.map')) withoutPaths(name);
      },
    },
  ],
  // tsup sets `baseUrl` for its own compile, which TypeScript 6 calls deprecated.
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
} satisfies Options;
