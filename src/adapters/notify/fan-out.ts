import * as z from 'zod';
import { having } from '../../core/input/option-kinds.js';
import { readOptions } from '../../core/input/read-options.js';
import { combineAnswers } from '../../core/notifications/decide-delivery.js';
import type { Notifier } from '../../ports/notifier.js';

/** A name that is stored as part of delivery keys. */
const NAME = /^[a-z][a-z0-9_-]{0,39}$/;

const NAMES_WANTED =
  "give at least one notifier, named with lowercase letters, digits, '-' and '_', such as 'crm_copy'";

const partsSchema = z
  .record(z.string(), having<Notifier>(['deliver'], 'give a notifier, an object with deliver'), {
    error: NAMES_WANTED,
  })
  .refine((parts) => Object.keys(parts).length > 0 && Object.keys(parts).every((name) => NAME.test(name)), {
    error: NAMES_WANTED,
    params: { wrong: 'has a name that cannot be stored, or no notifier' },
  });

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
  const parts = { ...readOptions('fanOut', partsSchema, notifiers) };
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
