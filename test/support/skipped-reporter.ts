import type { Reporter, TestCase, TestModule } from 'vitest/node';

const skippedIn = (modules: readonly TestModule[]): TestCase[] =>
  modules.flatMap((module) =>
    [...module.children.allTests()].filter((test) => test.result().state === 'skipped'),
  );

/** Names every skipped test at the end of a run, so that a skip is never only a number. */
export const skippedReporter = (): Reporter => ({
  onTestRunEnd(modules) {
    const skipped = skippedIn(modules);
    if (skipped.length === 0) return;
    console.log(`\nSkipped (${skipped.length}):`);
    for (const test of skipped) console.log(`  ${test.module.relativeModuleId} > ${test.fullName}`);
  },
});
