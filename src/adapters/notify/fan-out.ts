import { combineAnswers } from '../../core/notifications/decide-delivery.js';
import type { Notifier } from '../../ports/notifier.js';

/** A name that is stored as part of delivery keys. */
const NAME = /^[a-z][a-z0-9_-]{0,39}$/;

/**
 * Combines several notifiers into one, which has delivered once all of them have. The worker calls each one separately, under
 * the notification's key with the name appended, and keeps a row for each, so that a retry, even after a crash, goes only to
 * those that failed. The names are stored and appear in failure reasons: if you rename one, notifications that are still
 * being retried are sent again.
 *
 * A direct call of `deliver`, without the worker, sends to all of them every time, because nothing is remembered.
 *
 * @throws TypeError when there is no notifier, or a name does not have the form `crm_copy`
 *
 * @example
 * ```ts
 * import { fanOut, smtpNotifier, webhookNotifier } from 'wrk-builds/notify';
 *
 * const email = fanOut({ mail: smtpNotifier(mailOptions), crm: webhookNotifier(webhookOptions) });
 * ```
 */
export function fanOut(notifiers: Readonly<Record<string, Notifier>>): Notifier {
  const parts = { ...notifiers };
  const names = Object.keys(parts);
  if (names.length === 0 || !names.every((name) => NAME.test(name)))
    throw new TypeError(
      "fanOut: give at least one notifier, named with lowercase letters, digits, '-' and '_', such as 'crm_copy'",
    );
  return {
    parts,
    deliver: async (notification) =>
      combineAnswers(
        await Promise.all(
          Object.entries(parts).map(([name, notifier]) =>
            notifier.deliver({ ...notification, key: `${notification.key}:${name}` }),
          ),
        ),
      ),
  };
}
