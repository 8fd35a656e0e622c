import { describe, expect, it } from 'vitest';
import { NO_LIMITS } from '../../../src/ports/claim-limits.js';
import * as given from '../../../src/testing/contracts/support/given.js';
import * as when from '../../../src/testing/contracts/support/when.js';
import { openMemory } from './open-memory.js';

describe('the buckets of the memory adapter', () => {
  it('fill up by the rate, to the millisecond of its clock, and never over one second’s worth', async () => {
    const store = openMemory();
    const builds = await given.builds(
      store,
      Array.from({ length: 8 }, (_, n) => `project ${n}`),
    );
    const limits = { ...NO_LIMITS, callsPerSecond: { global: 2, perTenant: 3 } };
    const claimAfter = async (ms: number) => {
      await store.passTime(ms);
      const answers = await store.repository.claimBuilds(builds, { leaseMs: when.LONG_MS, limits });
      return answers.filter((answer) => answer !== null && answer !== 'over_limit').length;
    };
    expect(await claimAfter(0)).toBe(2);
    expect(await claimAfter(499)).toBe(0);
    expect(await claimAfter(1)).toBe(1);
    expect(await claimAfter(750)).toBe(1);
    expect(await claimAfter(250)).toBe(1);
    expect(await claimAfter(10_000)).toBe(2);
  });
});
