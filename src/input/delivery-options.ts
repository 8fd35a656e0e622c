import { milliseconds, options, wholeNumber } from '../core/input/option-kinds.js';
import {
  DEFAULT_DELIVERY_POLICY,
  type DeliveryPolicies,
  type DeliveryPolicy,
} from '../core/notifications/decide-delivery.js';

/** How patiently notifications are sent over one channel. What is left out is as for every channel. */
interface ChannelOptions {
  /**
   * Deliveries of one message before it is given up. A whole number from 1 to 1,000.
   *
   * @default 8, which with the default waits is about an hour and a half
   */
  readonly maxAttempts?: number | undefined;
  /**
   * The wait after the first failure, in milliseconds, from 0 to 86,400,000 (1 day). Each further wait is four times as
   * long.
   *
   * @default 1_000
   */
  readonly initialDelayMs?: number | undefined;
  /**
   * The longest wait, whatever the other side asks for, in milliseconds, from `initialDelayMs` to 86,400,000 (1 day).
   *
   * @default 3_600_000 (1 hour)
   */
  readonly maxDelayMs?: number | undefined;
  /**
   * How long `resolveRecipients`, and then each notifier, may take before it counts as failed, in milliseconds, from 1 to
   * 86,400,000 (1 day). Keep twice of it below `leaseMs` of the workers, or another process begins beside this one.
   *
   * @default 25_000
   */
  readonly timeoutMs?: number | undefined;
}

/** How patiently notifications are sent: what holds for every channel, and what is different for one. */
export interface DeliveryOptions extends ChannelOptions {
  /**
   * For e-mail alone.
   *
   * @default as for every channel
   */
  readonly email?: ChannelOptions | undefined;
  /**
   * For in-app notifications alone.
   *
   * @default as for every channel
   */
  readonly inApp?: ChannelOptions | undefined;
  /**
   * For Slack alone.
   *
   * @default as for every channel
   */
  readonly slack?: ChannelOptions | undefined;
}

const policy = {
  maxAttempts: wholeNumber('attempts', 1, 1_000).optional(),
  initialDelayMs: milliseconds(0).optional(),
  maxDelayMs: milliseconds(0).optional(),
  timeoutMs: milliseconds().optional(),
};
const channel = options(policy).optional();

/** How notifications are sent over each channel. */
export const deliverySchema = options({
  ...policy,
  email: channel,
  inApp: channel,
  slack: channel,
}).transform(({ email, inApp, slack, ...all }, context): DeliveryPolicies => {
  const complete = (name: string, own: typeof email = {}): DeliveryPolicy => {
    const merged = {
      maxAttempts: own.maxAttempts ?? all.maxAttempts ?? DEFAULT_DELIVERY_POLICY.maxAttempts,
      initialDelayMs: own.initialDelayMs ?? all.initialDelayMs ?? DEFAULT_DELIVERY_POLICY.initialDelayMs,
      maxDelayMs: own.maxDelayMs ?? all.maxDelayMs ?? DEFAULT_DELIVERY_POLICY.maxDelayMs,
      timeoutMs: own.timeoutMs ?? all.timeoutMs ?? DEFAULT_DELIVERY_POLICY.timeoutMs,
    };
    if (merged.maxDelayMs < merged.initialDelayMs) {
      context.addIssue({
        code: 'custom',
        path: [name, 'maxDelayMs'],
        params: { wrong: 'is less than initialDelayMs' },
        message: 'give at least as much',
      });
    }
    return merged;
  };
  return {
    email: complete('email', email),
    in_app: complete('inApp', inApp),
    slack: complete('slack', slack),
  };
});
