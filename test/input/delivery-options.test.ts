import { describe, expect, it } from 'vitest';
import { DEFAULT_DELIVERY_POLICY } from '../../src/core/notifications/decide-delivery.js';
import { readDeliveryPolicies } from '../../src/input/delivery-options.js';
import { openHost } from '../workers/support/open-host.js';

/** Reads what a host without types might say. */
const readAny = (options: unknown) => () => readDeliveryPolicies(JSON.parse(JSON.stringify(options)));

describe('the options of deliveries', () => {
  it('have a default for every channel', () => {
    const all = DEFAULT_DELIVERY_POLICY;
    expect(readDeliveryPolicies(undefined)).toEqual({ email: all, in_app: all, slack: all });
  });

  it('hold for every channel, and one channel may have its own', () => {
    const policies = readDeliveryPolicies({
      maxAttempts: 5,
      email: { initialDelayMs: 60_000 },
      inApp: { maxAttempts: 20 },
      slack: { maxAttempts: 2, maxDelayMs: 10_000 },
    });
    expect(policies).toEqual({
      email: { maxAttempts: 5, initialDelayMs: 60_000, maxDelayMs: 3_600_000 },
      in_app: { maxAttempts: 20, initialDelayMs: 1_000, maxDelayMs: 3_600_000 },
      slack: { maxAttempts: 2, initialDelayMs: 1_000, maxDelayMs: 10_000 },
    });
  });

  it.each([
    [{ maxAttempts: 0 }, 'delivery.email.maxAttempts'],
    [{ slack: { maxAttempts: 1.5 } }, 'delivery.slack.maxAttempts'],
    [{ inApp: { initialDelayMs: -1 } }, 'delivery.inApp.initialDelayMs'],
    [{ email: { maxDelayMs: 10 } }, 'delivery.email.maxDelayMs: must not be less than initialDelayMs'],
    [{ sms: { maxAttempts: 3 } }, 'sms'],
  ])('that make no sense are refused by name: %j', (options, name) => {
    expect(readAny(options)).toThrow(TypeError);
    expect(readAny(options)).toThrow(name);
  });

  it('that make no sense are refused before anything is wired', () => {
    expect(() => openHost({ delivery: { maxAttempts: 0 } })).toThrow(TypeError);
  });
});
