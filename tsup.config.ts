import type { Options } from 'tsup';

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
  // tsup sets `baseUrl` for its own compile, which TypeScript 6 calls deprecated.
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
} satisfies Options;
