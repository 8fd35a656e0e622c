import { describe, expect, it } from 'vitest';
import { sized } from '../support/size.js';
import { exhaust, smallPlan } from './exhaust.js';
import { PLANTED_BUGS } from './planted-bugs.js';

const BOUNDS = { depth: sized(3, 7), faults: 1, delays: 1 };

describe(`everything that may happen in ${BOUNDS.depth} choices, with a fault and a delay`, () => {
  it.each(['key', 'lookup', 'stop', 'retry'] as const)(
    'keeps every invariant with the policy %s, and states that look alike end alike',
    { timeout: 600_000 },
    async (policy) => {
      const { schedules, states, findings } = await exhaust(smallPlan(policy), BOUNDS);
      expect(findings).toEqual([]);
      expect(schedules).toBeGreaterThan(sized(20, 400));
      expect(states).toBeLessThan(schedules);
    },
  );

  it('shows a planted bug', { timeout: 600_000 }, async () => {
    const { findings } = await exhaust(smallPlan('key'), BOUNDS, {
      bug: PLANTED_BUGS.find(({ name }) => name === 'a completion leaves the version as it is') ?? {},
    });
    expect(findings.length).toBeGreaterThan(0);
  });
});
