import type { NotificationMessage } from '../core/build/messages.js';
import type { DeliveryAnswer } from '../core/notifications/decide-delivery.js';

/** A person or a channel that receives a notification. */
export interface Recipient {
  /** The host's id of the user or the channel: part of the key of a delivery. */
  readonly id: string;
  /** E-mail address or channel name, if the channel needs one. */
  readonly address?: string;
}

/** One notification to one recipient. */
export interface Notification {
  /** The same delivery always has the same key; use it to detect duplicates. */
  readonly key: string;
  readonly recipient: Recipient;
  readonly message: NotificationMessage;
}

/** Delivers notifications over one channel. A throw counts as a failure that may be retried. */
export interface Notifier {
  /** At least once: it may be called again with the same key if the result was lost. */
  readonly deliver: (notification: Notification) => Promise<DeliveryAnswer>;
  /**
   * The notifiers that this one stands for, by name, as with `fanOut`. Each is called on its own, with its own key and
   * delivery record, so that a retry goes only to those that failed. Default: only itself.
   */
  readonly parts?: Readonly<Record<string, Notifier>>;
}

/** The host's notifiers. E-mail and in-app are part of the flows; without `slack`, nothing is sent to Slack. */
export interface Notifiers {
  readonly email: Notifier;
  readonly inApp: Notifier;
  readonly slack?: Notifier;
}

/** Returns the people of an audience. An empty list is allowed: nothing is sent then. */
export type ResolveRecipients = (question: {
  readonly tenantId: string;
  readonly audience: NotificationMessage['audience'];
  readonly channel: NotificationMessage['channel'];
  readonly automationVersionId: string;
  readonly projectId: string | null;
  readonly assigneeId: string | null;
}) => Promise<readonly Recipient[]>;
