import {
  type MemoryStorage,
  type MemoryStorageOptions,
  type MemoryTx,
  memoryStorage,
} from 'wrk-builds/memory';
import type { StorageHarness, StorageUnderTest } from '../../../src/testing/storage-harness.js';

/** A memory store whose clock stands still unless the test turns it. */
export function openMemory(
  options: Pick<MemoryStorageOptions, 'newId'> = {},
): MemoryStorage & StorageHarness<MemoryTx> {
  let now = Date.parse('2026-03-01T12:00:00.000Z');
  const storage = memoryStorage({ now: () => now, ...options });
  return {
    ...storage,
    passTime: async (ms) => {
      now += ms;
    },
    close: async () => {},
  };
}

export const memoryUnderTest: StorageUnderTest<MemoryTx> = {
  name: 'memory',
  concurrent: true,
  open: async () => openMemory(),
};
