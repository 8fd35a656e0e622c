import { defineConfig } from 'vitest/config';
import { skippedReporter } from './test/support/skipped-reporter.js';
import { ONLY_IN_TORTURE, projectOf } from './vitest.config.js';

/** The suites that take minutes at full size; `npm test` runs most of them as well, at a size of seconds. */
const LONG = [
  ...ONLY_IN_TORTURE,
  'test/adapters/http/access-matrix.test.ts',
  'test/adapters/http/fuzz.test.ts',
  'test/adapters/http/openapi.test.ts',
  'test/contracts/postgres.test.ts',
  'test/core/blueprint/blueprint-policy.test.ts',
  'test/core/blueprint/checklist.test.ts',
  'test/core/input/parse-in-slices.test.ts',
  'test/core/properties/builds.model.test.ts',
  'test/core/properties/circuit-breakers.test.ts',
  'test/core/properties/same-facts-same-answer.test.ts',
  'test/engines/partial-losses.test.ts',
  'test/faults/changed-defaults.test.ts',
  'test/faults/ended-sessions.test.ts',
  'test/faults/lock-order.test.ts',
  'test/faults/lock-torture.test.ts',
  'test/faults/refused-matrix.test.ts',
  'test/faults/reset-sessions.test.ts',
  'test/flows/flow-2*.test.ts',
  'test/postgres/concurrent-requests.test.ts',
  'test/postgres/schema/trial/offered-fixes.test.ts',
  'test/postgres/schema/trial/planted-defects.test.ts',
  'test/postgres/schema/trial/sound-schemas.test.ts',
  'test/postgres/sweep-at-scale.test.ts',
  'test/simulation/exhaust.test.ts',
  'test/simulation/simulation.test.ts',
];

export default defineConfig({
  test: {
    projects: [projectOf('torture', { include: LONG, env: { TEST_SIZE: 'full' } })],
    globalSetup: ['test/global-setup/postgres.ts'],
    reporters: ['default', skippedReporter()],
    // More than there are cores: many of these wait most of the time, for a lease, a restart or a kill.
    maxWorkers: 3,
  },
});
