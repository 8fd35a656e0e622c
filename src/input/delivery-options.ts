import { milliseconds, options, wholeNumber } from '../core/input/option-kinds.js';
import {
  DEFAULT_DELIVERY_POLICY,
  type DeliveryPolicies,
  type DeliveryPolicy,
} from '../core/notifications/decide-delivery.js';

/** How patiently notifications are sent: what holds for every channel, and what is different for one. */
export interface DeliveryOptions extends Partial<DeliveryPolicy> {
  /** For e-mail alone. Default: as for every channel. */
  readonly email?: Partial<DeliveryPolicy>;
  /** For in-app notifications alone. Default: as for every channel. */
  readonly inApp?: Partial<DeliveryPolicy>;
  /** For Slack alone. Default: as for every channel. */
  readonly slack?: Partial<DeliveryPolicy>;
}

const policy = {
  maxAttempts: wholeNumber('attempts', 1, 1_000).optional(),
  initialDelayMs: milliseconds(0).optional(),
  maxDelayMs: milliseconds(0).optional(),
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
