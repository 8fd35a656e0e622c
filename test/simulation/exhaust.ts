import { createHash } from 'node:crypto';
import type { Choices } from './choices.js';
import { openSimulation } from './open-simulation.js';
import { type Plan, planOf } from './plan.js';
import type { PlantedBug } from './planted-bugs.js';
import type { PortFault } from './port-faults.js';

/** How far everything that may happen is tried. */
export interface Bounds {
  /** Choices from the beginning of the workers; after these, the first possibility is taken. */
  readonly depth: number;
  /** Calls of the database that may go wrong in one schedule. */
  readonly faults: number;
  /** How often time may pass although something is due: a message that is late, past a lease too. */
  readonly delays: number;
}

/** What was tried, and what was found. */
export interface Exhausted {
  readonly schedules: number;
  readonly states: number;
  /** Schedules that came to a state that was known, and went on from there for comparison. */
  readonly compared: number;
  readonly findings: readonly string[];
}

/** Nobody delivers notifications here. */
const ABOUT_NOTIFICATIONS = /^(4|19):/;

const FAULTS: readonly (PortFault | null)[] = [null, 'refused', 'answer lost'];

/** One build, two workers, and nothing that is left to chance. */
export function smallPlan(policy: Plan['policy']): Plan {
  return planOf('exhaust', {
    policy,
    on: new Set(),
    processes: 2,
    engine: false,
    projects: 1,
    tenants: 1,
    leaseMs: 3_000,
    deadlineMs: 1_000,
    settleMs: 1_200,
    fused: true,
    wireMs: 0,
    twoVersions: 0,
    rejected: 0,
    manual: 0,
    concurrency: { builds: 1, notifications: 0 },
  });
}

/**
 * Tries every order of what is due, every fault and every delay within the bounds, breadth first by the choices made. A state
 * that was seen is not gone on from, but for every twentieth time, when it must end as it did before.
 */
export async function exhaust(
  plan: Plan,
  { depth, faults, delays }: Bounds,
  { bug }: { readonly bug?: Omit<PlantedBug, 'name'> } = {},
): Promise<Exhausted> {
  const endOf = new Map<string, string>();
  const findings = new Set<string>();
  let waiting: (readonly number[])[] = [[]];
  let schedules = 0;
  let compared = 0;
  let met = 0;

  while (waiting.length > 0) {
    const deeper: (readonly number[])[] = [];
    for (const given of waiting) {
      schedules += 1;
      const run = await follow(plan, given, { depth, faults, delays }, bug);
      for (const finding of run.findings) findings.add(`${finding} [${given}]`);
      let isNew = true;
      for (const { state, options, at } of run.open) {
        const end = endOf.get(state);
        if (end !== undefined) {
          met += 1;
          if (met % 20 === 0) {
            compared += 1;
            if (end !== run.end) findings.add(`two schedules of one state ended differently [${given}]`);
          }
          isNew = false;
        }
        if (!isNew) break;
        endOf.set(state, run.end);
        const before = [...given, ...Array.from({ length: at - given.length }, () => 0)];
        for (let other = 1; other < options; other += 1) deeper.push([...before, other]);
      }
    }
    waiting = deeper;
  }
  return { schedules, states: endOf.size, compared, findings: [...findings] };
}

/** Follows these choices, and then always the first possibility. */
async function follow(plan: Plan, given: readonly number[], bounds: Bounds, bug?: Omit<PlantedBug, 'name'>) {
  const open: { state: string; options: number; at: number }[] = [];
  let left = { faults: bounds.faults, delays: bounds.delays };
  let made = 0;
  let isOpen = false;
  let state = () => '';
  const choose = (options: number): number => {
    if (!isOpen || options < 2 || made >= bounds.depth) return 0;
    const at = made;
    made += 1;
    if (at >= given.length)
      open.push({ at, options, state: createHash('sha256').update(state()).digest('base64') });
    return given[at] ?? 0;
  };
  const choices: Choices = {
    tellsContent: true,
    next: (due) => {
      const chosen = choose(due.length + (left.delays > 0 ? 1 : 0));
      if (chosen < due.length) return chosen;
      left = { ...left, delays: left.delays - 1 };
      return null;
    },
    portFault: (place) => {
      if (place !== 'database' || left.faults === 0) return null;
      const fault = FAULTS[choose(FAULTS.length)] ?? null;
      if (fault !== null) left = { ...left, faults: left.faults - 1 };
      return fault;
    },
    wireMs: () => 0,
  };
  const simulation = await openSimulation(plan, choices, bug ? { bug } : {});
  const { scheduler, projects, people, startWorker, run } = simulation;
  state = () => `${JSON.stringify(left)} ${simulation.state()}`;

  const [project] = projects;
  if (!project) throw new Error('there is no project');
  let isRequested = false;
  void people.request(project, project.versionId, NO_CHANCE).then(() => {
    isRequested = true;
  });
  await run(() => isRequested, 10_000);
  isOpen = true;
  startWorker();
  startWorker();
  await run(simulation.isBuilt, 3_600_000);
  // What is late comes after the end.
  await run(() => false, scheduler.now() + 2 * plan.leaseMs);
  const { bindings, calls, workflows } = simulation.history();
  const end = [bindings, calls, workflows]
    .map((rows) =>
      JSON.stringify(rows.map((row) => Object.values(row).filter((value) => typeof value !== 'number'))),
    )
    .join();
  return {
    open,
    findings: simulation.findings().filter((each) => !ABOUT_NOTIFICATIONS.test(each)),
    end,
    steps: scheduler.steps(),
  };
}

/** Nothing is left to chance. */
const NO_CHANCE = {
  next: () => 0.99,
  between: (low: number) => low,
  pick: <T>(from: readonly T[]) => from[0] as T,
  chance: () => false,
  for: () => NO_CHANCE,
};
