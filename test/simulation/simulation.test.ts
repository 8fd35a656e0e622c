import { describe, expect, it } from 'vitest';
import { isFull, sized } from '../support/size.js';
import { planOf } from './plan.js';
import { PLANTED_BUGS } from './planted-bugs.js';
import { runSchedule } from './run-schedule.js';

/** The first schedule in which something is found, of so many; `null`: none. */
async function firstFinding(bug: (typeof PLANTED_BUGS)[number], schedules: number): Promise<string | null> {
  for (let index = 0; index < schedules; index += 1) {
    const { findings } = await runSchedule(planOf(`bug-${index}`, bug.plan), { bug });
    const [first] = findings;
    if (first) return first;
  }
  return null;
}

describe('simulated schedules of the whole library', () => {
  it('end with every invariant kept, whatever goes wrong in them', { timeout: 600_000 }, async () => {
    for (let index = 0; index < sized(8, 900); index += 1) {
      const seed = `schedule-${index}`;
      const { findings } = await runSchedule(planOf(seed));
      expect(findings, `npm run sim -- --seed ${seed}`).toEqual([]);
    }
  });

  it('are the same each time, step by step', { timeout: 600_000 }, async () => {
    for (let index = 0; index < sized(1, 60); index += 1) {
      const plan = planOf(`again-${index}`);
      const [first, second] = [await runSchedule(plan), await runSchedule(plan)];
      expect(second).toEqual(first);
      expect(first.steps).toBeGreaterThan(50);
    }
  });

  it('differ from seed to seed', async () => {
    const hashes = new Set<string>();
    for (const seed of ['a', 'b', 'c']) hashes.add((await runSchedule(planOf(seed))).traceHash);
    expect(hashes.size).toBe(3);
  });

  it.each(PLANTED_BUGS.filter(({ isRare }) => isFull || !isRare))(
    'show a planted bug: $name',
    { timeout: 600_000 },
    async (bug) => {
      expect(await firstFinding(bug, 200)).not.toBeNull();
    },
  );
});
