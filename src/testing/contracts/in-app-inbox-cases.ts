import { expect } from 'vitest';
import type { InAppNotification } from '../../ports/in-app-inbox.js';
import { OTHER_TENANT, stableId, TENANT } from '../builders.js';
import type { StorageHarness } from '../storage-harness.js';
import { notification } from './notifier.js';
import type { StorageCase } from './support/storage-case.js';

const ADA = { tenantId: TENANT, userId: 'ada' };
const BOB = { tenantId: TENANT, userId: 'bob' };
const ADA_ELSEWHERE = { tenantId: OTHER_TENANT, userId: 'ada' };

/** Stores one notification for each name, each a moment after the one before. */
async function tell<Tx>(
  store: StorageHarness<Tx>,
  { tenantId, userId }: typeof ADA,
  names: readonly string[],
): Promise<void> {
  for (const automationName of names) {
    const one = notification('in_app', `${tenantId} ${userId} ${automationName}`, {
      tenantId,
      automationName,
    });
    await store.inAppNotifier.deliver({ ...one, recipient: { id: userId } });
    await store.passTime(2);
  }
}

const namesOf = (list: readonly InAppNotification[]) => list.map(({ contents }) => contents.automationName);

const first = (list: readonly InAppNotification[]): InAppNotification => {
  const [one] = list;
  if (!one) throw new Error('there is a notification');
  return one;
};

/** What screens do with in-app notifications. */
export const inAppInboxCases: readonly StorageCase[] = [
  {
    name: 'a list has what was told, newest first, unread, and with all that was said',
    run: async (store) => {
      await tell(store, ADA, ['one', 'two']);
      const full = notification('in_app', 'full', {
        template: 'build_failed',
        projectName: null,
        workflowUrl: 'https://wrk.example/workflows/1',
        errorReason: 'blueprint_rejected',
        errorDetails: ['first', 'second „ß“ 🚀'],
      });
      await store.inAppNotifier.deliver({ ...full, recipient: { id: ADA.userId } });
      const list = await store.inAppInbox.list(ADA);
      expect(namesOf(list).slice(1)).toEqual(['two', 'one']);
      const { automationVersionId, projectId, automationName } = full.message;
      expect(first(list)).toEqual({
        id: expect.stringMatching(/./),
        createdAt: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T.*Z$/),
        readAt: null,
        template: 'build_failed',
        contents: {
          automationVersionId,
          projectId,
          automationName,
          projectName: null,
          workflowUrl: 'https://wrk.example/workflows/1',
          errorReason: 'blueprint_rejected',
          errorDetails: ['first', 'second „ß“ 🚀'],
        },
      });
      expect(new Set(list.map(({ id }) => id)).size).toBe(3);
    },
  },
  {
    name: 'a list comes page by page, and what comes in meanwhile moves no page',
    run: async (store) => {
      await tell(store, ADA, ['one', 'two', 'three', 'four']);
      const page = await store.inAppInbox.list({ ...ADA, limit: 2 });
      await tell(store, ADA, ['five']);
      const next = await store.inAppInbox.list({ ...ADA, limit: 2, cursor: page.at(-1) });
      expect([namesOf(page), namesOf(next)]).toEqual([
        ['four', 'three'],
        ['two', 'one'],
      ]);
      expect(await store.inAppInbox.list({ ...ADA, cursor: next.at(-1) })).toEqual([]);
    },
  },
  {
    name: 'notifications of one moment come in a fixed order, none left out or told twice',
    run: async (store) => {
      const names = ['a', 'b', 'c', 'd', 'e', 'f'];
      await Promise.all(
        names.map((automationName) =>
          store.inAppNotifier.deliver({
            ...notification('in_app', automationName, { automationName }),
            recipient: { id: ADA.userId },
          }),
        ),
      );
      const found: string[] = [];
      let cursor: InAppNotification | undefined;
      for (let page = 0; page < names.length; page += 1) {
        const list = await store.inAppInbox.list({ ...ADA, limit: 1, cursor });
        found.push(...namesOf(list));
        cursor = list.at(-1);
      }
      expect(found.toSorted()).toEqual(names);
    },
  },
  {
    name: 'a page has at least one notification and at most 200, whatever is asked for, and 50 by default',
    run: async (store) => {
      const names = Array.from({ length: 205 }, (_, index) => `${index}`);
      await Promise.all(
        names.map((automationName) =>
          store.inAppNotifier.deliver({
            ...notification('in_app', automationName, { automationName }),
            recipient: { id: ADA.userId },
          }),
        ),
      );
      const lengths = await Promise.all(
        [undefined, 0, -1, 1.9, 10_000].map(
          async (limit) =>
            (await store.inAppInbox.list({ ...ADA, ...(limit !== undefined && { limit }) })).length,
        ),
      );
      expect(lengths).toEqual([50, 1, 1, 1, 200]);
    },
  },
  {
    name: 'marked by id, a notification is read once: the list shows when, and it is counted no more',
    run: async (store) => {
      await tell(store, ADA, ['one', 'two', 'three']);
      expect(await store.inAppInbox.countUnread(ADA)).toBe(3);
      const { id } = first(await store.inAppInbox.list(ADA));
      expect(await store.inAppInbox.markRead({ ...ADA, ids: [id, id] })).toBe(1);
      const read = first(await store.inAppInbox.list(ADA));
      expect(read.readAt).toMatch(/^\d{4}-\d{2}-\d{2}T.*Z$/);
      expect(await store.inAppInbox.countUnread(ADA)).toBe(2);
      expect(namesOf(await store.inAppInbox.list({ ...ADA, unreadOnly: true }))).toEqual(['two', 'one']);
      await store.passTime(2);
      expect(await store.inAppInbox.markRead({ ...ADA, ids: [id] }), 'a second time').toBe(0);
      expect(first(await store.inAppInbox.list(ADA)).readAt).toBe(read.readAt);
    },
  },
  {
    name: 'of ten that mark the same at once, one counts it',
    run: async (store) => {
      await tell(store, ADA, ['one']);
      const { id } = first(await store.inAppInbox.list(ADA));
      const counts = await Promise.all(
        Array.from({ length: 10 }, () => store.inAppInbox.markRead({ ...ADA, ids: [id] })),
      );
      expect(counts.toSorted().at(-1)).toBe(1);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
    },
  },
  {
    name: 'all up to what was seen are marked, and what came in since stays unread',
    run: async (store) => {
      await tell(store, ADA, ['one', 'two']);
      const upTo = first(await store.inAppInbox.list(ADA));
      await tell(store, ADA, ['three']);
      expect(await store.inAppInbox.markAllRead({ ...ADA, upTo })).toBe(2);
      expect(namesOf(await store.inAppInbox.list({ ...ADA, unreadOnly: true }))).toEqual(['three']);
      expect(await store.inAppInbox.markAllRead({ ...ADA, upTo }), 'a second time').toBe(0);
    },
  },
  {
    name: 'nobody sees, counts or marks what is for somebody else, or for the same user of another tenant',
    run: async (store) => {
      await tell(store, ADA, ['for ada']);
      const one = first(await store.inAppInbox.list(ADA));
      for (const other of [BOB, ADA_ELSEWHERE, { tenantId: 'no id at all', userId: 'ada' }]) {
        expect(await store.inAppInbox.list(other)).toEqual([]);
        expect(await store.inAppInbox.countUnread(other)).toBe(0);
        expect(await store.inAppInbox.markRead({ ...other, ids: [one.id] })).toBe(0);
        expect(await store.inAppInbox.markAllRead({ ...other, upTo: one })).toBe(0);
      }
      expect(await store.inAppInbox.countUnread(ADA)).toBe(1);
    },
  },
  {
    name: 'ids that no notification can have are ids of none',
    run: async (store) => {
      await tell(store, ADA, ['one']);
      const ids = ['no id at all', '', stableId('nobody')];
      expect(await store.inAppInbox.markRead({ ...ADA, ids })).toBe(0);
      expect(await store.inAppInbox.markRead({ ...ADA, ids: [] })).toBe(0);
      expect(await store.inAppInbox.countUnread(ADA)).toBe(1);
    },
  },
  {
    name: 'behind a place that no notification can have is nothing, and nothing is marked up to it',
    run: async (store) => {
      await tell(store, ADA, ['one']);
      const { id } = first(await store.inAppInbox.list(ADA));
      for (const createdAt of ['', 'tomorrow', '2099-02-30T00:00:00.000Z', "2099-01-01'; select 1"]) {
        expect(await store.inAppInbox.list({ ...ADA, cursor: { id, createdAt } })).toEqual([]);
        expect(await store.inAppInbox.markAllRead({ ...ADA, upTo: { id, createdAt } })).toBe(0);
      }
    },
  },
  {
    name: 'a notification that comes again after it was read stays read',
    run: async (store) => {
      await tell(store, ADA, ['one']);
      const { id } = first(await store.inAppInbox.list(ADA));
      await store.inAppInbox.markRead({ ...ADA, ids: [id] });
      await tell(store, ADA, ['one']);
      expect(await store.inAppInbox.countUnread(ADA)).toBe(0);
      expect(await store.inAppInbox.list(ADA)).toHaveLength(1);
    },
  },
];
