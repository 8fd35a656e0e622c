import { setImmediate } from 'node:timers/promises';
import { type MemoryTx, memoryStorage } from '../../../src/adapters/memory/index.js';
import type { StorageUnderTest } from '../../../src/testing/storage-harness.js';

/** The memory adapter on a clock that moves only when a test says so. */
export const memoryUnderTest: StorageUnderTest<MemoryTx> = {
  name: 'memory',
  concurrent: true,
  open: async () => {
    let now = Date.parse('2030-01-01T00:00:00.000Z');
    const storage = memoryStorage({ now: () => now });
    return {
      ...storage,
      passTime: async (ms) => {
        now += ms;
        // A turn of the event loop, so that what could go on has gone on.
        await setImmediate();
      },
      close: async () => {},
    };
  },
};
