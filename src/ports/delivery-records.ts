import type { NotificationChannel, NotificationTemplate } from '../core/build/messages.js';

/** How one notification to one recipient stands. */
export interface DeliveryRecord {
  /** Binding, fence, template, channel, recipient, and the part of a fan-out: the same delivery always has the same key. */
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

/** How a delivery stands that needs no further attempt by itself. */
export type FinishedDelivery = Exclude<DeliveryRecord['status'], 'failed'>;

/** Remembers which recipients a notification has reached. Without it a message that comes again goes to all of them. */
export interface DeliveryRecords {
  /**
   * Which of these were delivered or given up, so that a repeated message resends only what failed; `null`: neither, or not
   * of that tenant.
   */
  readonly findFinished: (
    keys: readonly { tenantId: string; key: string }[],
  ) => Promise<readonly (FinishedDelivery | null)[]>;

  /** Records deliveries; the attempts of each are counted by the adapter. `delivered` is never overwritten. */
  readonly save: (records: readonly DeliveryRecord[]) => Promise<void>;
}
