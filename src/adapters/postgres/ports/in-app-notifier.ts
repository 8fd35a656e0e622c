import type { InAppContents } from '../../../ports/in-app-inbox.js';
import type { Notifier } from '../../../ports/notifier.js';
import type { PostgresDatabase } from '../drivers/database.js';
import type { Tables } from '../mapping/tables.js';
import { inAppStatements } from '../sql/in-app.js';

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
