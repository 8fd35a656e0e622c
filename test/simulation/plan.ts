import type { DuplicatePolicy } from '../../src/core/orchestration/wrk-answer.js';
import { randomOf } from '../torture/harness/random.js';

/** What a seed switches on. */
const TROUBLES = [
  'kill',
  'pause',
  'stop',
  'clock',
  'ports',
  'wrk',
  'late',
  'lookups',
  'engine',
  'mail',
  'host',
  'commands',
] as const;

export type Trouble = (typeof TROUBLES)[number];

/** What one schedule is made of, drawn from its seed alone. */
export interface Plan {
  readonly seed: string;
  readonly policy: 'key' | 'lookup' | 'retry' | 'stop';
  readonly duplicates: DuplicatePolicy;
  readonly on: ReadonlySet<Trouble>;
  readonly processes: number;
  /** Whether messages come by way of an engine. */
  readonly engine: boolean;
  readonly projects: number;
  readonly tenants: number;
  readonly leaseMs: number;
  readonly deadlineMs: number;
  readonly settleMs: number;
  /** How long faults happen, in milliseconds. */
  readonly faultMs: number;
  /** Of 1, how many calls of a port go wrong where that is switched on. */
  readonly portTrouble: number;
  /** Whether commits and claims are one statement each, as on Postgres, or go through the ports one by one. */
  readonly fused: boolean;
  /** How long a message to WRK or from it is on its way at most, in milliseconds. */
  readonly wireMs: number;
  /** Of 1, how many projects have two versions. */
  readonly twoVersions: number;
  /** Of 1, how many blueprints WRK rejects. */
  readonly rejected: number;
  /** How much each process works on at once. */
  readonly concurrency: { readonly builds: number; readonly notifications: number };
  /** Of 1, how many mails go wrong where that is switched on. */
  readonly mailTrouble: number;
  /** Of 1, how many builds people carry out. */
  readonly manual: number;
}

/** Draws a schedule's plan; `fixed` stands in place of what the seed draws. */
export function planOf(seed: string, fixed: Partial<Plan> = {}): Plan {
  const plan = { ...draw(seed), ...fixed };
  return { ...plan, duplicates: duplicatesOf(plan.policy, plan.settleMs) };
}

function draw(seed: string): Plan {
  const random = randomOf(seed).for('plan');
  const policy = random.pick(['key', 'lookup', 'lookup', 'retry', 'stop'] as const);
  const leaseMs = random.between(2, 8) * 1_000;
  const deadlineMs = random.between(5, 30) * 100;
  const settleMs = deadlineMs + random.pick([200, 2_000, 2 * leaseMs]);
  return {
    seed,
    policy,
    duplicates: duplicatesOf(policy, settleMs),
    on: new Set(TROUBLES.filter(() => random.chance(0.4))),
    processes: random.between(1, 3),
    engine: random.chance(0.3),
    projects: random.between(1, 6),
    tenants: random.between(1, 2),
    leaseMs,
    deadlineMs,
    settleMs,
    faultMs: random.between(5, 40) * 1_000,
    portTrouble: random.pick([0.005, 0.02, 0.08]),
    fused: random.chance(0.5),
    wireMs: 30,
    twoVersions: 0.3,
    rejected: 0.15,
    concurrency: { builds: 3, notifications: 3 },
    mailTrouble: random.pick([0.2, 0.8]),
    manual: random.pick([0, 0, 0.3]),
  };
}

function duplicatesOf(policy: Plan['policy'], settleMs: number): DuplicatePolicy {
  switch (policy) {
    case 'key':
      return { by: 'idempotency-key' };
    case 'lookup':
      return { by: 'lookup', settleMs };
    case 'retry':
    case 'stop':
      return { by: 'nothing', onUnknownOutcome: policy };
  }
}
