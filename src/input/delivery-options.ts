import * as z from 'zod';
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

/** No timer of a host is longer than a day. */
const ms = z.int().min(0).max(86_400_000);

const policySchema = z
  .strictObject({ maxAttempts: z.int().min(1).max(1_000), initialDelayMs: ms, maxDelayMs: ms })
  .refine(({ initialDelayMs, maxDelayMs }) => maxDelayMs >= initialDelayMs, {
    path: ['maxDelayMs'],
    message: 'must not be less than initialDelayMs',
  });

/** Reads how notifications are sent over each channel. Throws a TypeError that lists what is wrong. */
export function readDeliveryPolicies({
  email,
  inApp,
  slack,
  ...all
}: DeliveryOptions = {}): DeliveryPolicies {
  const problems: string[] = [];
  const read = (name: string, own: Partial<DeliveryPolicy> | undefined): DeliveryPolicy => {
    const parsed = policySchema.safeParse({ ...DEFAULT_DELIVERY_POLICY, ...all, ...own });
    if (parsed.success) return parsed.data;
    problems.push(
      ...parsed.error.issues.map(({ path, message }) => `${[name, ...path].join('.')}: ${message}`),
    );
    return DEFAULT_DELIVERY_POLICY;
  };
  const policies = {
    email: read('delivery.email', email),
    in_app: read('delivery.inApp', inApp),
    slack: read('delivery.slack', slack),
  };
  if (problems.length > 0)
    throw new TypeError(`Notifications cannot be sent so: ${[...new Set(problems)].join('; ')}.`);
  return policies;
}
