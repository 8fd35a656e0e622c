import { describe, expect, it } from 'vitest';
import { planOf } from './plan.js';

const SEEDS = Array.from({ length: 40 }, (_, index) => `seed ${index}`);

describe('a plan of the random harness', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(planOf('one', 15)).toEqual(planOf('one', 15));
    expect(planOf('one', 15)).not.toEqual(planOf('two', 15));
  });

  it('draws every set-up and every fault, each seed some of them', () => {
    const plans = SEEDS.map((seed) => planOf(seed, 15));
    const drawn = (key: 'policy' | 'engine' | 'host') => new Set(plans.map(({ setUp }) => setUp[key])).size;
    expect([drawn('policy'), drawn('engine'), drawn('host')]).toEqual([4, 3, 2]);
    const kinds = plans.map(({ faults }) => new Set(faults.map(({ kind }) => kind)));
    const all = new Set(kinds.flatMap((each) => [...each]));
    expect(all.size).toBe(23);
    expect(kinds.filter((each) => each.size === all.size)).toEqual([]);
  });

  it('takes what is fixed, and these faults alone', () => {
    const { setUp, faults } = planOf('one', 15, { policy: 'stop', only: ['kill'] });
    expect(setUp.policy).toBe('stop');
    expect([...new Set(faults.map(({ kind }) => kind))]).toEqual(['kill']);
  });
});
