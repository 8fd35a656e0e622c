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
        close: async () => {
          await storage.close();
          await store.close();
        },
      };
    },
  };
}
