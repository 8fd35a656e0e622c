import { type Random, randomOf } from './random.js';

/** How WRK prevents duplicates, and what the host chose where it does not. */
type Policy = 'key' | 'lookup' | 'retry' | 'stop';

/** What a run is made of, besides its faults. */
export interface SetUp {
  readonly policy: Policy;
  readonly engine: 'none' | 'bullmq' | 'pg-boss';
  readonly host: 'own' | 'foreign';
  readonly processes: number;
  readonly tenants: number;
  readonly projects: number;
  readonly leaseMs: number;
  readonly deadlineMs: number;
  readonly settleMs: number;
  readonly graceMs: number;
  readonly slack: boolean;
  /** Builds of one tenant in progress at once; `null`: as many as there are. */
  readonly perTenant: number | null;
}

/** Every fault, with how often it happens in 15 s where a seed has switched it on. */
const FAULTS = {
  // Processes.
  kill: [1, 4],
  pause: [1, 3],
  pause_at_message: [1, 4],
  stop: [1, 3],
  clock: [1, 3],
  // Connections.
  cut_at_message: [2, 8],
  hold_at_message: [1, 4],
  terminate_backends: [1, 5],
  // Servers.
  restart_postgres: [1, 2],
  restart_redis: [1, 2],
  flush_redis: [1, 3],
  drop_redis_keys: [1, 5],
  // The host.
  lock_rows: [2, 6],
  insert_blocker: [1, 6],
  archive_version: [1, 4],
  edit_blueprint: [1, 4],
  withdraw_quote: [1, 4],
  // WRK.
  wrk_misbehaves: [2, 6],
  wrk_is_late: [1, 4],
  lookups_fail: [1, 3],
  // Notifications.
  smtp_misbehaves: [1, 3],
  slack_misbehaves: [1, 3],
  // People.
  commands: [6, 20],
} as const;

/** What can go wrong. */
export type FaultKind = keyof typeof FAULTS;

/** One fault, and when it begins. What it hits is drawn from `seed` when it does. */
interface PlannedFault {
  readonly atMs: number;
  readonly kind: FaultKind;
  readonly seed: string;
}

/** Everything that a seed decides. */
export interface Plan {
  readonly seed: string;
  readonly faultMs: number;
  readonly setUp: SetUp;
  /** In the order of their times. */
  readonly faults: readonly PlannedFault[];
}

/** What stands in place of what a seed draws, for whoever looks into a case. */
export type Fixed = Partial<SetUp> & {
  /** These faults and no others. */
  readonly only?: readonly FaultKind[];
  /** So many times as often as usual. */
  readonly times?: number;
};

/** Draws a run: its set-up, and a subset of the faults with their times. */
export function planOf(seed: string, seconds: number, { only, times = 1, ...fixed }: Fixed = {}): Plan {
  const random = randomOf(seed);
  const setUp = { ...drawSetUp(random.for('set-up')), ...fixed };
  const faultMs = seconds * 1_000;
  const on = random.for('subset');
  const faults = (Object.keys(FAULTS) as FaultKind[]).flatMap((kind) => {
    // Drawn for every fault, so that none changes what is drawn for the others.
    const isOn = on.chance(0.4);
    return (only ? only.includes(kind) : isOn) && isPossible(kind, setUp)
      ? timesOf(kind, faultMs * times, random.for(kind), seed).map((fault) => ({
          ...fault,
          atMs: fault.atMs / times,
        }))
      : [];
  });
  return { seed, faultMs, setUp, faults: faults.toSorted((one, other) => one.atMs - other.atMs) };
}

function timesOf(kind: FaultKind, faultMs: number, random: Random, seed: string): PlannedFault[] {
  const [least, most] = FAULTS[kind];
  const times = Math.max(1, Math.round((random.between(least, most) * faultMs) / 15_000));
  return Array.from({ length: times }, (_, index) => ({
    atMs: random.between(0, faultMs),
    kind,
    seed: `${seed}/${kind}/${index}`,
  }));
}

function drawSetUp(random: Random): SetUp {
  // Long enough for a machine that is busy with other runs: a claim that takes two thirds of its lease calls nobody.
  const leaseMs = random.between(25, 50) * 100;
  const deadlineMs = random.between(7, 14) * 100;
  return {
    policy: random.pick(['key', 'lookup', 'lookup', 'retry', 'stop']),
    engine: random.pick(['none', 'none', 'bullmq', 'pg-boss']),
    host: random.pick(['own', 'own', 'foreign']),
    processes: random.between(1, 4),
    tenants: random.between(1, 4),
    projects: random.between(8, 30),
    leaseMs,
    deadlineMs,
    settleMs: deadlineMs + random.between(3, 8) * 100,
    graceMs: random.pick([0, 300, 3_000]),
    slack: random.chance(0.5),
    perTenant: random.pick([null, null, 2, 6]),
  };
}

function isPossible(kind: FaultKind, { engine, policy, slack }: SetUp): boolean {
  switch (kind) {
    case 'restart_redis':
    case 'flush_redis':
    case 'drop_redis_keys':
      return engine === 'bullmq';
    case 'lookups_fail':
      return policy === 'lookup';
    case 'slack_misbehaves':
      return slack;
    default:
      return true;
  }
}
