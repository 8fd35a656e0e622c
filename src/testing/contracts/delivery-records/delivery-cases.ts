import { expect } from 'vitest';
import type { DeliveryRecord } from '../../../ports/delivery-records.js';
import { OTHER_TENANT, stableId, TENANT } from '../../builders.js';
import { capabilityOf } from '../support/capability-of.js';
import type { StorageCase } from '../support/storage-case.js';

/** Which notifications need not be sent again. */
export const deliveryCases: readonly StorageCase[] = [
  {
    name: 'delivered and given up are settled, each as it is; failed and unknown are not; answers come in order',
    run: async (store) => {
      await capabilityOf(store, 'deliveryRecords').save([
        delivery('delivered', 'delivered'),
        delivery('failed', 'failed'),
        delivery('given-up', 'given_up'),
      ]);
      const keys = ['unknown', 'given-up', 'failed', 'delivered'].map((key) => ({ tenantId: TENANT, key }));
      const settled = await capabilityOf(store, 'deliveryRecords').findFinished(keys);
      expect(settled).toEqual([null, 'given_up', null, 'delivered']);
      expect(await capabilityOf(store, 'deliveryRecords').findFinished([])).toEqual([]);
    },
  },
  {
    name: 'every column of a delivery is kept, and its attempts are counted',
    run: async (store) => {
      await capabilityOf(store, 'deliveryRecords').save([delivery('key', 'failed')]);
      await capabilityOf(store, 'deliveryRecords').save([
        { ...delivery('key', 'failed'), problem: 'mailbox full' },
      ]);
      const { deliveries } = await store.libraryRows();
      expect(deliveries).toEqual([
        expect.objectContaining({
          key: 'key',
          tenant_id: TENANT,
          binding_id: stableId('binding'),
          channel: 'email',
          template: 'build_started',
          recipient_id: 'person@example.com',
          status: 'failed',
          problem: 'mailbox full',
          attempts: 2,
        }),
      ]);
    },
  },
  {
    name: 'what failed may be delivered later, and what was delivered is never overwritten',
    run: async (store) => {
      await capabilityOf(store, 'deliveryRecords').save([delivery('key', 'failed')]);
      await capabilityOf(store, 'deliveryRecords').save([delivery('key', 'delivered')]);
      await capabilityOf(store, 'deliveryRecords').save([delivery('key', 'failed')]);
      await capabilityOf(store, 'deliveryRecords').save([delivery('key', 'given_up')]);
      const { deliveries } = await store.libraryRows();
      expect(deliveries).toMatchObject([{ status: 'delivered', problem: null }]);
      const keys = [{ tenantId: TENANT, key: 'key' }];
      expect(await capabilityOf(store, 'deliveryRecords').findFinished(keys)).toEqual(['delivered']);
    },
  },
  {
    name: 'what was given up may be delivered later, or fail once more',
    run: async (store) => {
      const keys = [{ tenantId: TENANT, key: 'key' }];
      await capabilityOf(store, 'deliveryRecords').save([delivery('key', 'given_up')]);
      await capabilityOf(store, 'deliveryRecords').save([delivery('key', 'failed')]);
      expect(await capabilityOf(store, 'deliveryRecords').findFinished(keys)).toEqual([null]);
      await capabilityOf(store, 'deliveryRecords').save([delivery('key', 'given_up')]);
      await capabilityOf(store, 'deliveryRecords').save([delivery('key', 'delivered')]);
      expect(await capabilityOf(store, 'deliveryRecords').findFinished(keys)).toEqual(['delivered']);
    },
  },
  {
    name: "another tenant's delivery settles nothing",
    run: async (store) => {
      await capabilityOf(store, 'deliveryRecords').save([delivery('key', 'delivered')]);
      const keys = [OTHER_TENANT, TENANT].map((tenantId) => ({ tenantId, key: 'key' }));
      expect(await capabilityOf(store, 'deliveryRecords').findFinished(keys)).toEqual([null, 'delivered']);
    },
  },
];

function delivery(key: string, status: DeliveryRecord['status']): DeliveryRecord {
  return {
    key,
    tenantId: TENANT,
    bindingId: stableId('binding'),
    channel: 'email',
    template: 'build_started',
    recipientId: 'person@example.com',
    status,
    problem: status === 'delivered' ? null : 'no answer',
  };
}
