import { MAX_UNREAD_COUNT } from '../../../ports/in-app-inbox.js';
import type { Statement } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { timeText } from './facts.js';

/** The statements about in-app notifications. */
export interface InAppStatements {
  readonly deliver: Statement;
  readonly list: Statement;
  readonly listUnread: Statement;
  readonly countUnread: Statement;
  readonly markRead: Statement;
  readonly markAllRead: Statement;
}

export function inAppStatements(tables: Tables): InAppStatements {
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
  update ${tables.inAppNotifications} i set read_at = now() where ${owned} and i.read_at is null and ${which} returning 1)
select count(*)::int as count from marked`,
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
select count(*)::int as count
  from (select from ${tables.inAppNotifications} i where ${owned} and i.read_at is null limit ${MAX_UNREAD_COUNT}) unread`,
    },
    markRead: mark(
      'wrk_builds_mark_in_app_read',
      'i.id in (select value::uuid from jsonb_array_elements_text($3::text::jsonb))',
    ),
    markAllRead: mark(
      'wrk_builds_mark_all_in_app_read',
      '(i.created_at, i.id) <= ($3::timestamptz, $4::uuid)',
    ),
  };
}
