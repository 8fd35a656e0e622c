import { expect } from 'vitest';
import type { DeliveryRecord } from '../../../ports/delivery-records.js';
import { stableId, TENANT } from '../../builders.js';
import type { StorageHarness } from '../../storage-harness.js';
import { capabilityOf } from '../support/capability-of.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** What the library keeps for a time only. */
export const purgeCases: readonly StorageCase[] = [
  {
    name: 'answers and deliveries are removed once they are old, no more at once than asked for, and nothing else is',
    capabilities: ['deliveryRecords'],
    run: async (store) => {
      await when.save(
        store,
        await given.acceptance(store, await given.project(store, { name: 'a' }), { idempotencyKey: 'a' }),
      );
      await when.save(
        store,
        await given.acceptance(store, await given.project(store, { name: 'b' }), { idempotencyKey: 'b' }),
      );
      await capabilityOf(store, 'deliveryRecords').save([delivery('a'), delivery('b'), delivery('c')]);
      await when.timePasses(store);
      expect(await then.nothingChanges(store, () => purge(store, when.LONG_MS, when.LONG_MS, 10))).toEqual(
        nothing,
      );

      const kept = await store.libraryRows();
      expect(await purge(store, when.SHORT_MS, when.LONG_MS, 1)).toEqual({ answers: 1, deliveries: 0 });
      expect(await purge(store, when.LONG_MS, when.SHORT_MS, 2)).toEqual({ answers: 0, deliveries: 2 });
      expect(await purge(store, when.SHORT_MS, when.SHORT_MS, 10)).toEqual({ answers: 1, deliveries: 1 });
      expect(await store.libraryRows()).toEqual({ ...kept, answers: [], deliveries: [] });
    },
  },
  {
    name: 'a delivery is as old as its last attempt',
    capabilities: ['deliveryRecords'],
    run: async (store) => {
      await capabilityOf(store, 'deliveryRecords').save([delivery('again'), delivery('once')]);
      await store.passTime(20 * when.SHORT_MS);
      await capabilityOf(store, 'deliveryRecords').save([delivery('again')]);
      expect(await purge(store, when.LONG_MS, 10 * when.SHORT_MS, 10)).toMatchObject({ deliveries: 1 });
      expect((await store.libraryRows()).deliveries).toMatchObject([{ key: 'again', attempts: 2 }]);
    },
  },
  {
    name: 'several that remove what is old at once share it out',
    capabilities: ['deliveryRecords'],
    run: async (store) => {
      const keys = Array.from({ length: 30 }, (_, index) => `key ${index}`);
      await capabilityOf(store, 'deliveryRecords').save(keys.map(delivery));
      await when.timePasses(store);
      const purges = Array.from({ length: 5 }, () => purge(store, when.SHORT_MS, when.SHORT_MS, 10));
      const removed = (await Promise.all(purges)).map(({ deliveries }) => deliveries);
      const rest = await purge(store, when.SHORT_MS, when.SHORT_MS, 100);
      expect([...removed, rest.deliveries].reduce((sum, count) => sum + count, 0)).toBe(30);
    },
  },
];

const nothing = { answers: 0, deliveries: 0 };

async function purge<Tx>(
  store: StorageHarness<Tx>,
  answersOlderThanMs: number,
  deliveriesOlderThanMs: number,
  limit: number,
) {
  const { idempotencyAnswers, deliveryRecords } = capabilityOf(store, 'purge');
  return {
    answers: await idempotencyAnswers({ olderThanMs: answersOlderThanMs, limit }),
    deliveries: await deliveryRecords({ olderThanMs: deliveriesOlderThanMs, limit }),
  };
}

function delivery(key: string): DeliveryRecord {
  return {
    key,
    tenantId: TENANT,
    bindingId: stableId('binding'),
    channel: 'email',
    template: 'build_started',
    recipientId: 'person',
    status: 'failed',
    problem: 'mailbox full',
  };
}
