import type { StorageUnderTest } from '../storage-harness.js';
import { buildFactsCases } from './repository/build-facts-cases.js';
import { changedBuildsCases } from './repository/changed-builds-cases.js';
import { checklistCases } from './repository/checklist-cases.js';
import { circuitBreakerCases } from './repository/circuit-breaker-cases.js';
import { claimCases } from './repository/claim-cases.js';
import { claimLimitCases } from './repository/claim-limit-cases.js';
import { deliveryCases } from './repository/delivery-cases.js';
import { factsInTransactionCases } from './repository/facts-in-transaction-cases.js';
import { findBuildsCases } from './repository/find-builds-cases.js';
import { guardCases } from './repository/guard-cases.js';
import { leaseCases } from './repository/lease-cases.js';
import { raceCases } from './repository/race-cases.js';
import { requestFactsCases } from './repository/request-facts-cases.js';
import { retentionCases } from './repository/retention-cases.js';
import { savedRowsCases } from './repository/saved-rows-cases.js';
import { savepointCases } from './repository/savepoint-cases.js';
import { savepointLockCases } from './repository/savepoint-lock-cases.js';
import { storedTextCases } from './repository/stored-text-cases.js';
import { strandedCases } from './repository/stranded-cases.js';
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
    { name: 'a savepoint', cases: savepointCases },
    { name: 'locks of a savepoint', cases: savepointLockCases },
    { name: 'facts within a transaction', cases: factsInTransactionCases },
    { name: 'the facts behind a request', cases: requestFactsCases },
    { name: 'the facts behind a build', cases: buildFactsCases },
    { name: 'finding builds', cases: findBuildsCases },
    { name: 'builds that have changed', cases: changedBuildsCases },
    { name: 'stored text and row versions', cases: storedTextCases },
    { name: 'tenants', cases: tenantCases },
    { name: 'a saved decision', cases: savedRowsCases },
    { name: 'progress', cases: checklistCases },
    { name: 'guards', cases: guardCases },
    { name: 'verdicts', cases: verdictCases },
    { name: 'races', cases: raceCases },
    { name: 'waiting for locks', cases: waitCases },
    { name: 'a claim', cases: claimCases },
    { name: 'limits of a claim', cases: claimLimitCases },
    { name: 'circuitBreakers', cases: circuitBreakerCases },
    { name: 'a lease', cases: leaseCases },
    { name: 'stranded builds', cases: strandedCases },
    { name: 'deliveries', cases: deliveryCases },
    { name: 'retention', cases: retentionCases },
  ]);
}
