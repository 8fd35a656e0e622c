import { setImmediate } from 'node:timers/promises';
import { type MemoryTx, memoryEngine, memoryStorage } from '../../../src/adapters/memory/index.js';
import { outbox } from '../../../src/outbox/outbox.js';
import type { EngineUnderTest } from '../../../src/testing/contracts/engine.js';
import type { StorageUnderTest } from '../../../src/testing/storage-harness.js';

/** The engine in memory on a clock that moves only when a test says so. */
export const memoryEngineUnderTest: EngineUnderTest = {
  name: 'The engine in memory',
  open: async () => {
    let now = 0;
    const engine = memoryEngine({ now: () => now });
    return {
      open: () => engine,
      passTime: async (ms) => {
        now += ms;
      },
      flush: async () => engine.flush(),
      close: async () => {},
    };
  },
};

/** The memory adapter behind the engine in memory, both on one clock that moves only when a test says so. */
export const memoryOutboxUnderTest: StorageUnderTest<MemoryTx> = {
  name: 'Memory, through an outbox,',
  concurrent: true,
  open: async () => {
    let now = Date.parse('2030-01-01T00:00:00.000Z');
    const clock = { now: () => now };
    return {
      ...outbox(memoryEngine(clock), memoryStorage(clock)),
      passTime: async (ms) => {
        now += ms;
        await setImmediate();
      },
    };
  },
};
