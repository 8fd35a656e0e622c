import type { NotificationChannel } from '../core/build/messages.js';
import type { Notification, Notifier, Notifiers } from '../ports/notifier.js';

/** One notification on its way over one notifier. */
export interface PartialDelivery {
  /** `undefined`: the host has none for this channel. */
  readonly notifier: Notifier | undefined;
  readonly notification: Notification;
  /** The name of the part in its fan-out; `null`: it is the whole. */
  readonly part: string | null;
}

/** The host's notifier for a channel. */
export function notifierFor(notifiers: Notifiers, channel: NotificationChannel): Notifier | undefined {
  switch (channel) {
    case 'email':
      return notifiers.email;
    case 'in_app':
      return notifiers.inApp;
    case 'slack':
      return notifiers.slack;
  }
}

/** The deliveries that one notification to one recipient comes to: one, or one for each part of a fan-out. */
export function partsOf(
  notifier: Notifier | undefined,
  notification: Notification,
  part: string | null = null,
): readonly PartialDelivery[] {
  if (!notifier?.parts) return [{ notifier, notification, part }];
  return Object.entries(notifier.parts).flatMap(([name, each]) =>
    partsOf(
      each,
      { ...notification, key: `${notification.key}:${name}` },
      part === null ? name : `${part}.${name}`,
    ),
  );
}
