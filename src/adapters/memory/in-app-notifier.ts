import type { InAppContents } from '../../ports/in-app-inbox.js';
import type { Notifier } from '../../ports/notifier.js';
import { compositeKey } from './rows.js';
import type { Store } from './store.js';
import type { Transactions } from './transactions.js';

/** Stores one row for each notification key, however often the notification is delivered. */
export function createInAppNotifier(store: Store, transactions: Transactions): Notifier {
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
      const id = compositeKey(tenantId, key);
      transactions.atOnce((transaction) => {
        if (transaction.get('inAppNotifications', id)) return;
        transaction.put('inAppNotifications', id, {
          id: store.newId(),
          key,
          tenantId,
          userId: recipient.id,
          template,
          data,
          createdAt: store.now(),
          readAt: null,
        });
      });
      return { status: 'delivered' };
    },
  };
}
