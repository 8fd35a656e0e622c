import { setTimeout as sleep } from 'node:timers/promises';
import type { PostgresTx } from '../../../src/adapters/postgres/index.js';
import { outbox } from '../../../src/outbox/outbox.js';
import type { Engine } from '../../../src/ports/engine.js';
import type { StorageUnderTest } from '../../../src/testing/storage-harness.js';
import { openPostgres } from '../../contracts/support/postgres-under-test.js';

/** Real Postgres behind an engine, for the contracts of a store. */
export function throughEngine(name: string, openEngine: () => Promise<Engine>): StorageUnderTest<PostgresTx> {
  return {
    name: `Postgres, through ${name},`,
    concurrent: true,
    open: async () => {
      const store = await openPostgres();
      const storage = outbox(await openEngine(), store);
      return {
        ...storage,
        // An engine keeps its own time, which no change of our rows moves.
        passTime: (ms) => sleep(ms),
        close: async () => {
          await storage.close();
          await store.close();
        },
      };
    },
  };
}
