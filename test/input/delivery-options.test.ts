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
      attempts: 5,
      email: { firstRetryMs: 60_000 },
      inApp: { attempts: 20 },
      slack: { attempts: 2, longestRetryMs: 10_000 },
    });
    expect(policies).toEqual({
      email: { attempts: 5, firstRetryMs: 60_000, longestRetryMs: 3_600_000 },
      in_app: { attempts: 20, firstRetryMs: 1_000, longestRetryMs: 3_600_000 },
      slack: { attempts: 2, firstRetryMs: 1_000, longestRetryMs: 10_000 },
    });
  });

  it.each([
    [{ attempts: 0 }, 'delivery.email.attempts'],
    [{ slack: { attempts: 1.5 } }, 'delivery.slack.attempts'],
    [{ inApp: { firstRetryMs: -1 } }, 'delivery.inApp.firstRetryMs'],
    [{ email: { longestRetryMs: 10 } }, 'delivery.email.longestRetryMs: must not be less than firstRetryMs'],
    [{ sms: { attempts: 3 } }, 'sms'],
  ])('that make no sense are refused by name: %j', (options, name) => {
    expect(readAny(options)).toThrow(TypeError);
    expect(readAny(options)).toThrow(name);
  });

  it('that make no sense are refused before anything is wired', () => {
    expect(() => openHost({ delivery: { attempts: 0 } })).toThrow(TypeError);
  });
});
