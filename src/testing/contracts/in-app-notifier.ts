import { expect } from 'vitest';
import { OTHER_TENANT, TENANT } from '../builders.js';
import type { StorageUnderTest } from '../storage-harness.js';
import { inAppInboxCases } from './in-app-inbox-cases.js';
import { notification, notifierContract } from './notifier.js';
import { describeContract, type StorageCase } from './support/storage-case.js';

const cases: readonly StorageCase[] = [
  {
    name: 'a notification is stored for its recipient, in its own tenant, with what it says',
    run: async (store) => {
      const ours = notification('in_app', 'ours', { template: 'build_complete' });
      const theirs = notification('in_app', 'theirs', { tenantId: OTHER_TENANT });
      for (const each of [ours, theirs]) await store.inAppNotifier.deliver(each);

      const { inAppNotifications } = await store.libraryRows();
      const rowOf = ({ key, recipient, message }: typeof ours) =>
        expect.objectContaining({
          key,
          tenant_id: message.tenantId,
          user_id: recipient.id,
          template: message.template,
          data_json: expect.objectContaining({ automationName: message.automationName }),
        });
      expect(inAppNotifications).toHaveLength(2);
      expect(inAppNotifications).toEqual(expect.arrayContaining([rowOf(ours), rowOf(theirs)]));
      expect(ours.message.tenantId).toBe(TENANT);
    },
  },
];

/** Registers the tests that every in-app notifier and its inbox must pass, with vitest. Call it at the top level of a test file. */
export function inAppNotifierContract<Tx>(underTest: StorageUnderTest<Tx>): void {
  notifierContract({
    name: `${underTest.name}, in-app,`,
    channel: 'in_app',
    tellsDuplicates: true,
    open: async () => {
      const { inAppNotifier, libraryRows, clear, close } = await underTest.open();
      const received = async () => (await libraryRows()).inAppNotifications.length;
      return { notifier: inAppNotifier, received, clear, close };
    },
  });
  describeContract('in-app notifier', underTest, [
    { name: 'stored notifications', cases },
    { name: 'the inbox', cases: inAppInboxCases },
  ]);
}
