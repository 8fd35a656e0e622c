import {
  type InAppContents,
  type InAppInbox,
  type InAppNotification,
  type InboxCursor,
  type InboxOwner,
  inboxPage,
  isInboxTime,
  MAX_UNREAD_COUNT,
} from '../../../ports/in-app-inbox.js';
import type { Notifier } from '../../../ports/notifier.js';
import type { PostgresDatabase, Statement, Value } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { isId, isUuid } from '../rows/rows.js';
import { timeText } from '../sql/facts.js';
import { runAgainAfterRace } from '../transactions/failures.js';

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

/** Stores in-app notifications in a table that the host's screens read. Each key is stored once. */
export function postgresInAppNotifier(database: PostgresDatabase, tables: Tables): Notifier {
  const { deliver } = inAppStatements(tables);
  return {
    deliver: async ({ key, recipient, message }) => {
      const { tenantId, template, automationVersionId, projectId, automationName, projectName, workflowUrl } =
        message;
      const { errorReason, errorDetails } = message;
      const data: InAppContents = {
        automationVersionId,
        projectId,
        automationName,
        projectName,
        workflowUrl,
        errorReason,
        errorDetails,
      };
      await database.query(deliver, [key, tenantId, recipient.id, template, JSON.stringify(data)]);
      return { status: 'delivered' };
    },
  };
}

/** The statements about in-app notifications. */
interface InAppStatements {
  readonly deliver: Statement;
  readonly list: Statement;
  readonly listUnread: Statement;
  readonly countUnread: Statement;
  readonly markRead: Statement;
  readonly markAllRead: Statement;
}

function inAppStatements(tables: Tables): InAppStatements {
  const owned = `i.tenant_id = $1::${tables.idType} and i.user_id = $2::text`;
  // Two separate statements, so that the one for unread notifications can use its partial index.
  const list = (name: string, which: string): Statement => ({
    name,
    text: `
select i.id, i.template, i.data_json::text as contents, ${timeText('i.created_at')} as "createdAt", ${timeText('i.read_at')} as "readAt"
  from ${tables.inAppNotifications} i
 where ${owned} ${which} and ($3::timestamptz is null or (i.created_at, i.id) < ($3::timestamptz, $4::uuid))
 order by i.created_at desc, i.id desc limit $5::int`,
    // Planned on every run: with a cursor, the index scan starts there and not at the newest row.
    replanned: true,
  });
  const mark = (name: string, which: string): Statement => ({
    name,
    text: `
with marked as (
  update ${tables.inAppNotifications} i set read_at = pg_catalog.now() where ${owned} and i.read_at is null and ${which} returning 1)
select pg_catalog.count(*)::int as count from marked`,
  });
  return {
    deliver: {
      name: 'wrk_builds_notify_in_app',
      text: `
insert into ${tables.inAppNotifications} (key, tenant_id, user_id, template, data_json)
values ($1::text, $2::${tables.idType}, $3::text, $4::text, $5::text::jsonb) on conflict (key) do nothing`,
    },
    list: list('wrk_builds_list_in_app', ''),
    listUnread: list('wrk_builds_list_unread_in_app', 'and i.read_at is null'),
    countUnread: {
      name: 'wrk_builds_count_unread_in_app',
      text: `
select pg_catalog.count(*)::int as count
  from (select from ${tables.inAppNotifications} i where ${owned} and i.read_at is null limit ${MAX_UNREAD_COUNT}) unread`,
    },
    markRead: mark(
      'wrk_builds_mark_in_app_read',
      'i.id in (select value::uuid from pg_catalog.jsonb_array_elements_text($3::text::jsonb))',
    ),
    markAllRead: mark(
      'wrk_builds_mark_all_in_app_read',
      '(i.created_at, i.id) <= ($3::timestamptz, $4::uuid)',
    ),
  };
}
