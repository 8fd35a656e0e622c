import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { skippedReporter } from './test/support/skipped-reporter.js';

const fromRoot = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The same as the build's text loader: `import text from './x.sql'` gives the file as a string. */
const sqlAsText: Plugin = {
  name: 'sql-as-text',
  enforce: 'pre',
  transform(text, id) {
    if (!id.endsWith('.sql')) return null;
    return { code: `export default ${JSON.stringify(text)};`, map: null, moduleType: 'js' };
  },
};

/** MSW patches the network of its process, and so would whoever ran there before: it gets a fresh one. */
const ISOLATED = 'test/contracts/wrk-platform-client.test.ts';

/**
 * What takes long and cannot be made smaller, and what repeats the assertions of other files on another host, driver, engine or
 * process: only `npm run test:torture` runs these, which CI does as well.
 */
export const ONLY_IN_TORTURE = [
  'test/adapters/http/client/generated-client.test.ts',
  'test/adapters/http/mounts/next-host.test.ts',
  'test/adapters/postgres/host-transactions/join.test.ts',
  'test/contracts/pgbouncer.test.ts',
  'test/contracts/pglite.test.ts',
  'test/contracts/postgres-agency-host.test.ts',
  'test/contracts/postgres-foreign-host.test.ts',
  'test/contracts/postgres-text-ids.test.ts',
  'test/engines/pg-boss.test.ts',
  'test/engines/workers.test.ts',
  'test/examples/demo.test.ts',
  'test/examples/express-host-health.test.ts',
  'test/examples/express-host-process.test.ts',
  'test/examples/worker-process.test.ts',
  'test/faults/kills/kills.test.ts',
  'test/faults/pauses/pauses.test.ts',
  'test/postgres/claim-cost.test.ts',
  'test/postgres/manual-builds-cost.test.ts',
  'test/postgres/restarts.test.ts',
  'test/postgres/schema/grants.test.ts',
  'test/postgres/schema/trial/other-ways.test.ts',
  'test/postgres/schema/trial/undisturbed.test.ts',
  'test/torture/harness/harness.test.ts',
];

/** Some of the test files, as a project of their own. */
export const projectOf = (
  name: string,
  test: TestProjectInlineConfiguration['test'],
): TestProjectInlineConfiguration => ({
  plugins: [sqlAsText],
  resolve: {
    alias: [
      { find: /^wrk-builds$/, replacement: fromRoot('./src/index.ts') },
      {
        find: /^wrk-builds\/(ports|testing|testing\/contracts|testing\/msw)$/,
        replacement: fromRoot('./src/$1/index.ts'),
      },
      { find: /^wrk-builds\/(.+)$/, replacement: fromRoot('./src/adapters/$1/index.ts') },
    ],
  },
  test: {
    name,
    // Generous, because a slow machine is no failure: nothing asserts on time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    ...test,
  },
});

export default defineConfig({
  test: {
    projects: [
      // These share a process, and what it has imported: for many files that is most of their time.
      projectOf('shared', {
        include: ['test/**/*.test.ts'],
        exclude: [...configDefaults.exclude, ISOLATED, ...ONLY_IN_TORTURE],
        isolate: false,
        // To compile PGlite a second time, for speed, costs more than the speed brings.
        execArgv: ['--liftoff-only'],
      }),
      projectOf('isolated', { include: [ISOLATED] }),
    ],
    globalSetup: ['test/global-setup/postgres.ts'],
    reporters: ['default', skippedReporter()],
    // Vitest leaves a core to itself unless told otherwise, which on two cores is one file at a time.
    maxWorkers: 3,
    coverage: {
      provider: 'v8',
      // Of the core alone: it is where the rules are, and to watch an embedded database run takes minutes.
      include: ['src/core/**/*.ts'],
      reporter: [['text', { skipFull: true }], 'html'],
      thresholds: { 'src/core/**/*.ts': { branches: 100, functions: 100, lines: 100, statements: 100 } },
    },
  },
});
