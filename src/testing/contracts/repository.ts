import type { StorageUnderTest } from '../storage-harness.js';
import { buildFactsCases } from './repository/build-facts-cases.js';
import { claimCases } from './repository/claim-cases.js';
import { claimLimitCases } from './repository/claim-limit-cases.js';
import { factsInTransactionCases } from './repository/facts-in-transaction-cases.js';
import { guardCases } from './repository/guard-cases.js';
import { leaseCases } from './repository/lease-cases.js';
import { longBlueprintCases } from './repository/long-blueprint-cases.js';
import { raceCases } from './repository/race-cases.js';
import { requestFactsCases } from './repository/request-facts-cases.js';
import { savedRowsCases } from './repository/saved-rows-cases.js';
import { storedTextCases } from './repository/stored-text-cases.js';
import { tenantCases } from './repository/tenant-cases.js';
import { transactionCases } from './repository/transaction-cases.js';
import { verdictCases } from './repository/verdict-cases.js';
import { waitCases } from './repository/wait-cases.js';
import { describeContract } from './support/storage-case.js';

/**
 * Registers the tests that every `Repository` must pass, with vitest. Call it at the top level of a test file.
 * The store also needs a queue and an audit log of its family: what a transaction covers is tested over all three.
 */
export function repositoryContract<Tx>(underTest: StorageUnderTest<Tx>): void {
  describeContract('repository', underTest, [
    { name: 'a transaction', cases: transactionCases },
    { name: 'facts within a transaction', cases: factsInTransactionCases },
    { name: 'the facts behind a request', cases: requestFactsCases },
    { name: 'the facts behind a build', cases: buildFactsCases },
    { name: 'long blueprints', cases: longBlueprintCases },
    { name: 'stored text and row versions', cases: storedTextCases },
    { name: 'tenants', cases: tenantCases },
    { name: 'a saved decision', cases: savedRowsCases },
    { name: 'guards', cases: guardCases },
    { name: 'verdicts', cases: verdictCases },
    { name: 'races', cases: raceCases },
    { name: 'waiting for locks', cases: waitCases },
    { name: 'a claim', cases: claimCases },
    { name: 'limits of a claim', cases: claimLimitCases },
    { name: 'a lease', cases: leaseCases },
  ]);
}
