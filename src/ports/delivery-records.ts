import type { NotificationChannel, NotificationTemplate } from '../core/build/messages.js';

/** The state of one notification to one recipient. */
export interface DeliveryRecord {
  /**
   * Made from binding, fence, template, channel, recipient and the part of a fan-out: the same delivery always has the
   * same key.
   */
  readonly key: string;
  readonly tenantId: string;
  readonly bindingId: string;
  readonly channel: NotificationChannel;
  readonly template: NotificationTemplate;
  readonly recipientId: string;
  readonly status: 'delivered' | 'failed' | 'given_up';
  /** One line, without the message's contents; `null` when delivered. */
  readonly problem: string | null;
}

/** The state of a delivery that is not retried automatically. */
export type FinishedDelivery = Exclude<DeliveryRecord['status'], 'failed'>;

/** Remembers which recipients a notification has reached. Without it a repeated message goes to all of them again. */
export interface DeliveryRecords {
  /**
   * Which of these were delivered or given up, so that a repeated message resends only what failed; `null` for neither,
   * or for another tenant's.
   */
  readonly findFinished: (
    keys: readonly { tenantId: string; key: string }[],
  ) => Promise<readonly (FinishedDelivery | null)[]>;

  /** Records deliveries; the adapter counts the attempts of each. `delivered` is never overwritten. */
  readonly save: (records: readonly DeliveryRecord[]) => Promise<void>;
}
