import type { StorageUnderTest } from '../storage-harness.js';
import { callsCases } from './build-views/calls-cases.js';
import { changedBuildsCases } from './build-views/changed-builds-cases.js';
import { findBuildsCases } from './build-views/find-builds-cases.js';
import { heldBuildsCases } from './build-views/held-builds-cases.js';
import { refusedBuildsCases } from './build-views/refused-builds-cases.js';
import { describeContract } from './support/storage-case.js';

/**
 * Registers the tests that every `BuildViews` must pass, with vitest. Call it at the top level of a test file, for stores
 * that have one. The store also needs the required ports of its family.
 */
export function buildViewsContract<Tx>(underTest: StorageUnderTest<Tx>): void {
  describeContract('build views', underTest, [
    { name: 'finding builds', cases: findBuildsCases },
    { name: 'the calls of builds', cases: callsCases },
    { name: 'builds that have changed', cases: changedBuildsCases },
    { name: 'builds that are held', cases: heldBuildsCases },
    { name: 'builds whose outcome was refused', cases: refusedBuildsCases },
  ]);
}
