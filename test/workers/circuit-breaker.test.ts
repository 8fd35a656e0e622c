import { describe } from 'vitest';
import type { MemoryTx } from '../../src/adapters/memory/index.js';
import { memoryStorage } from '../../src/adapters/memory/index.js';
import type { PostgresTx } from '../../src/adapters/postgres/index.js';
import type { StorageHarness } from '../../src/testing/storage-harness.js';
import { openPostgres } from '../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../support/database.js';
import { circuitBreakerSuite } from './support/circuit-breaker-suite.js';

const onMemory = async (): Promise<StorageHarness<MemoryTx>> => {
  const { queue, ...storage } = memoryStorage();
  return {
    ...storage,
    // What the circuit breaker keeps back is postponed for a second here: too long for a test.
    queue: { ...queue, postpone: (message) => queue.postpone(message, { delayMs: 0 }) },
    passTime: async () => {},
    close: async () => {},
  };
};

describe('the circuit breaker, in memory', () => circuitBreakerSuite<MemoryTx>(onMemory));

describeWithPostgres('the circuit breaker, on Postgres', () => circuitBreakerSuite<PostgresTx>(openPostgres));
