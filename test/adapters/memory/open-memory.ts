import { type MemoryStorage, type MemoryTx, memoryStorage } from 'wrk-builds/memory';
import type { StorageHarness } from '../../../src/testing/storage-harness.js';

/** A memory store whose clock stands still unless the test turns it. */
export function openMemory(): MemoryStorage & StorageHarness<MemoryTx> {
  let now = Date.parse('2026-03-01T12:00:00.000Z');
  return {
    ...memoryStorage({ now: () => now }),
    passTime: async (ms) => {
      now += ms;
    },
    close: async () => {},
  };
}

/** Lets everything go on that can, until only locks hold the rest up. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
