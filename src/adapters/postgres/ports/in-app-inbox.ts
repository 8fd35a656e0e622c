import {
  type InAppContents,
  type InAppInbox,
  type InAppNotification,
  type InboxCursor,
  type InboxOwner,
  inboxPage,
  isInboxTime,
} from '../../../ports/in-app-inbox.js';
import type { PostgresDatabase, Statement, Value } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { isId, isUuid } from '../rows/ids.js';
import { inAppStatements } from '../sql/in-app.js';
import { runAgainAfterRace } from '../transactions/retry.js';

const isPlace = ({ id, createdAt }: InboxCursor) => isUuid(id) && isInboxTime(createdAt);

interface Counted {
  readonly count: number;
}

/** A row as read; its contents are the JSON text that the notifier wrote. */
interface Row extends Omit<InAppNotification, 'contents'> {
  readonly contents: string;
}

/** Reads a person's in-app notifications and marks them as read. */
export function postgresInAppInbox(database: PostgresDatabase, tables: Tables): InAppInbox {
  const sql = inAppStatements(tables);
  // Ids that no row can have are not sent to the database: they would fail the statement.
  const isKnowable = ({ tenantId, userId }: InboxOwner) =>
    isId(tables.idType, tenantId) && isId('text', userId);
  const count = async (statement: Statement, owner: InboxOwner, values: readonly Value[]) => {
    if (!isKnowable(owner)) return 0;
    // Two calls that mark the same rows in a different order may deadlock.
    const [counted] = await runAgainAfterRace(() =>
      database.query<Counted>(statement, [owner.tenantId, owner.userId, ...values]),
    );
    return counted?.count ?? 0;
  };
  return {
    list: async ({ limit, cursor, unreadOnly = false, ...owner }) => {
      if (!isKnowable(owner) || (cursor && !isPlace(cursor))) return [];
      const rows = await database.query<Row>(unreadOnly ? sql.listUnread : sql.list, [
        owner.tenantId,
        owner.userId,
        cursor?.createdAt ?? null,
        cursor?.id ?? null,
        inboxPage(limit),
      ]);
      return rows.map((row) => {
        const contents: InAppContents = JSON.parse(row.contents);
        return { ...row, contents };
      });
    },
    countUnread: (owner) => count(sql.countUnread, owner, []),
    markRead: ({ ids, ...owner }) => count(sql.markRead, owner, [JSON.stringify(ids.filter(isUuid))]),
    markAllRead: async ({ upTo, ...owner }) =>
      isPlace(upTo) ? count(sql.markAllRead, owner, [upTo.createdAt, upTo.id]) : 0,
  };
}
