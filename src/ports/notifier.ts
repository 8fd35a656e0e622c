import type { NotificationMessage } from '../core/build/messages.js';
import type { DeliveryAnswer } from '../core/notifications/decide-delivery.js';

/** A person or a channel that a notification goes to, as the host knows them. */
export interface Recipient {
  /** The host's id of the user or the channel: part of the key under which a delivery is remembered. */
  readonly id: string;
  /**
   * E-mail address or channel name, where the channel needs one.
   *
   * @default none
   */
  readonly address?: string | undefined;
}

/** One notification to one recipient. */
export interface Notification {
  /** The same delivery always has the same key; a notifier that can tells duplicates by it. */
  readonly key: string;
  readonly recipient: Recipient;
  readonly message: NotificationMessage;
}

/** Brings notifications to people over one channel. A throw counts as a failure that may be tried again. */
export interface Notifier {
  /** At-least-once: it may be called again with the same key after an answer that was lost. */
  readonly deliver: (notification: Notification) => Promise<DeliveryAnswer>;
  /**
   * The notifiers that this one stands for, by name, as `fanOut` makes them. Each is then asked by itself under a key of
   * its own, with a row of its own, so that a retry goes only to those that failed.
   *
   * @default it stands for itself
   */
  readonly parts?: Readonly<Record<string, Notifier>> | undefined;
}

/** The host's notifiers. E-mail and in-app are part of the flows; `slack` may be left out. */
export interface Notifiers {
  /** Sends e-mails: `smtpNotifier` of `wrk-builds/notify` makes one. */
  readonly email: Notifier;
  /** Stores notifications for the host's screens: a storage brings one as `inAppNotifier`. */
  readonly inApp: Notifier;
  /**
   * Posts to Slack: `slackNotifier` of `wrk-builds/notify` makes one.
   *
   * @default nothing is planned for Slack
   */
  readonly slack?: Notifier | undefined;
}

/** Asks the host who the people behind an audience are. Nobody is a fine answer: then nothing is sent. */
export type ResolveRecipients = (question: {
  readonly tenantId: string;
  readonly audience: NotificationMessage['audience'];
  readonly channel: NotificationMessage['channel'];
  readonly automationVersionId: string;
  readonly projectId: string | null;
  readonly assigneeId: string | null;
}) => Promise<readonly Recipient[]>;
