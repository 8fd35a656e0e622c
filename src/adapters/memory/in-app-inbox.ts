import {
  type InAppInbox,
  type InboxCursor,
  type InboxOwner,
  inboxPage,
  isInboxTime,
  MAX_UNREAD_COUNT,
} from '../../ports/in-app-inbox.js';
import { compositeKey, type InAppNotificationRow } from './rows.js';
import type { Store, View } from './store.js';
import type { Transactions } from './transactions.js';

/** Reads the in-app notifications of this store, for screens. */
export function createInAppInbox(store: Store, transactions: Transactions): InAppInbox {
  const mark = (owner: InboxOwner, isMeant: (row: InAppNotificationRow) => boolean) =>
    transactions.atOnce((transaction) => {
      const rows = unreadOf(transaction, owner).filter(isMeant);
      for (const row of rows)
        transaction.put('inAppNotifications', compositeKey(row.tenantId, row.key), {
          ...row,
          readAt: store.now(),
        });
      return rows.length;
    });
  return {
    list: async ({ limit, cursor, unreadOnly = false, ...owner }) =>
      (unreadOnly ? unreadOf : rowsOf)(store.committed, owner)
        .filter((row) => !cursor || (isInboxTime(cursor.createdAt) && isBefore(cursorOf(row), cursor)))
        .toSorted((left, right) => (isBefore(cursorOf(left), cursorOf(right)) ? 1 : -1))
        .slice(0, inboxPage(limit))
        .map((row) => ({
          ...cursorOf(row),
          template: row.template,
          contents: structuredClone(row.data),
          readAt: row.readAt === null ? null : timeOf(row.readAt),
        })),
    countUnread: async (owner) => Math.min(unreadOf(store.committed, owner).length, MAX_UNREAD_COUNT),
    markRead: async ({ ids, ...owner }) => mark(owner, (row) => ids.includes(row.id)),
    markAllRead: async ({ upTo, ...owner }) =>
      mark(owner, (row) => isInboxTime(upTo.createdAt) && !isBefore(upTo, cursorOf(row))),
  };
}

function rowsOf(view: View, { tenantId, userId }: InboxOwner): InAppNotificationRow[] {
  return view.group('inAppNotifications', compositeKey(tenantId, userId)).map(({ row }) => row);
}

function unreadOf(view: View, owner: InboxOwner): InAppNotificationRow[] {
  return rowsOf(view, owner).filter(({ readAt }) => readAt === null);
}

function cursorOf({ id, createdAt }: InAppNotificationRow): InboxCursor {
  return { id, createdAt: timeOf(createdAt) };
}

const timeOf = (ms: number) => new Date(ms).toISOString();

/** Older, or of the same time with a smaller id. */
function isBefore(left: InboxCursor, right: InboxCursor): boolean {
  const [leftTime, rightTime] = [Date.parse(left.createdAt), Date.parse(right.createdAt)];
  return leftTime === rightTime ? left.id < right.id : leftTime < rightTime;
}
