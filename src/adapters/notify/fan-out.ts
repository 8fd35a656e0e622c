import * as z from 'zod';
import { having } from '../../core/input/option-kinds.js';
import { readOptions } from '../../core/input/read-options.js';
import { combineAnswers } from '../../core/notifications/decide-delivery.js';
import type { Notifier } from '../../ports/notifier.js';

/** A name that is stored as a part of keys. */
const NAME = /^[a-z][a-z0-9_-]{0,39}$/;

const NAMES_WANTED =
  "give at least one notifier, under names of lower-case letters, digits, '-' and '_', such as 'crm_copy'";

const partsSchema = z
  .record(z.string(), having<Notifier>(['deliver'], 'give a notifier, an object with deliver'), {
    error: NAMES_WANTED,
  })
  .refine((parts) => Object.keys(parts).length > 0 && Object.keys(parts).every((name) => NAME.test(name)), {
    error: NAMES_WANTED,
    params: { wrong: 'has a name that cannot be stored, or no notifier' },
  });

/**
 * One notifier that stands for several: delivered when all have delivered. The worker asks each by itself, under the key of the
 * notification with the name behind it, and keeps a row for each, so that a retry goes only to those that failed, also
 * after a crash. The names are stored: with another name, what is being retried is sent once more. They are in the reasons of
 * failures, too.
 *
 * Whoever calls `deliver` by hand, without the worker, sends to all each time: nothing is remembered then.
 *
 * @throws TypeError for no notifier, or for a name that is not of the form `crm_copy`
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
