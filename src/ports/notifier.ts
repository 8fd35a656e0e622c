import type { NotificationMessage } from '../core/build/messages.js';
import type { DeliveryAnswer } from '../core/notifications/decide-delivery.js';

/** A person or a channel that receives a notification. */
export interface Recipient {
  /** The host's id of the user or the channel: part of the key of a delivery. */
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
  /** The same delivery always has the same key; use it to detect duplicates. */
  readonly key: string;
  readonly recipient: Recipient;
  readonly message: NotificationMessage;
}

/** What a function of the host is told about the call itself. */
export interface HostCall {
  /** Aborts when the time of the call is over: pass it to `fetch`, or to whatever else can be told to end. */
  readonly signal: AbortSignal;
}

/**
 * Delivers notifications over one channel. A throw counts as a failure that may be retried, and so does a delivery that does
 * not settle within `delivery.timeoutMs`. Anything that is no `DeliveryAnswer` counts as a failure that is not retried, since
 * the notification may have been delivered.
 */
export interface Notifier {
  /** At least once: it may be called again with the same key if the result was lost. */
  readonly deliver: (notification: Notification, call?: HostCall) => Promise<DeliveryAnswer>;
  /**
   * The notifiers that this one stands for, by name, as `fanOut` makes them. Each is then asked by itself under a key of
   * its own, with a row of its own, so that a retry goes only to those that failed.
   *
   * @default it stands for itself
   */
  readonly parts?: Readonly<Record<string, Notifier>> | undefined;
}

/** The host's notifiers. E-mail and in-app are part of the flows; without `slack`, nothing is sent to Slack. */
export interface Notifiers {
  /** Sends e-mails: `smtpNotifier` of `wrk-builds/notify` makes one. */
  readonly email: Notifier;
  /**
   * Stores notifications for the host's screens.
   *
   * @default `inAppNotifier` of the storage that is spread into the options
   */
  readonly inApp?: Notifier | undefined;
  /**
   * Posts to Slack: `slackNotifier` of `wrk-builds/notify` makes one.
   *
   * @default nothing is planned for Slack
   */
  readonly slack?: Notifier | undefined;
}

/** What a notification is about, and for whom. */
export interface RecipientQuestion {
  readonly tenantId: string;
  readonly audience: NotificationMessage['audience'];
  readonly channel: NotificationMessage['channel'];
  /** What is reported. Leave out whoever does not want to hear of it over this channel. */
  readonly template: NotificationMessage['template'];
  readonly automationVersionId: string;
  readonly projectId: string | null;
  readonly assigneeId: string | null;
}

/**
 * Returns the people of an audience, at most 1,000. With an empty list nothing is sent, except where the ops team must be told
 * (`build_failed`, `workflow_unbound`, `wrk_unavailable`): if none of its channels has a recipient, the notification becomes a
 * dead letter. A throw, or no answer within `delivery.timeoutMs`, is retried like a failed delivery.
 */
export type ResolveRecipients = (
  question: RecipientQuestion,
  call: HostCall,
) => Promise<readonly Recipient[]>;
