import type { Notifier } from '../../ports/notifier.js';
import type { PostgresDatabase } from './database.js';
import type { Tables } from './tables.js';

/** Keeps in-app notifications in a table that the host's screens read. The same key is stored once. */
export function postgresInAppNotifier(database: PostgresDatabase, tables: Tables): Notifier {
  const insert = {
    name: 'wrk_builds_notify_in_app',
    text: `
insert into ${tables.inAppNotifications} (key, tenant_id, user_id, template, data_json)
values ($1::text, $2::${tables.idType}, $3::text, $4::text, $5::text::jsonb) on conflict (key) do nothing`,
  };
  return {
    deliver: async ({ key, recipient, message }) => {
      const { tenantId, template, automationVersionId, projectId, automationName, projectName, workflowUrl } =
        message;
      const { errorReason, errorDetails } = message;
      const data = {
        automationVersionId,
        projectId,
        automationName,
        projectName,
        workflowUrl,
        errorReason,
        errorDetails,
      };
      await database.query(insert, [key, tenantId, recipient.id, template, JSON.stringify(data)]);
      return { status: 'delivered' };
    },
  };
}
