import type { Notifier } from '../../ports/notifier.js';
import { compositeKey } from './rows.js';
import type { Transactions } from './transactions.js';

/** Keeps one row for each notification key, however often the notification comes. */
export function createInAppNotifier(transactions: Transactions): Notifier {
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
      const id = compositeKey(tenantId, key);
      transactions.atOnce((transaction) => {
        if (transaction.get('inAppNotifications', id)) return;
        transaction.put('inAppNotifications', id, {
          key,
          tenantId,
          userId: recipient.id,
          template,
          data,
        });
      });
      return { status: 'delivered' };
    },
  };
}
