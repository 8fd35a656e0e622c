import { memoryEngine } from '../../src/adapters/memory/index.js';
import { storageOn } from '../../src/adapters/memory/storage.js';
import { createStore } from '../../src/adapters/memory/store.js';
import { type BuildableProject, buildableProject, stableId } from '../../src/testing/builders.js';
import type { Workers } from '../../src/workers/start-workers.js';
import { check } from '../torture/harness/checker.js';
import type { History } from '../torture/harness/history.js';
import { openPeople, type People } from '../torture/harness/people.js';
import { randomOf } from '../torture/harness/random.js';
import { REJECTED } from '../torture/harness/wrk-platform.js';
import type { Choices } from './choices.js';
import { withCommitTimes } from './commit-times.js';
import type { Plan } from './plan.js';
import type { PlantedBug } from './planted-bugs.js';
import { readMemory } from './read-memory.js';
import { createScheduler, type Scheduler } from './scheduler.js';
import { libraryOf, type Surroundings } from './sim-library.js';
import { type SimProcess, START, startProcess } from './sim-process.js';
import { openWrk } from './sim-wrk.js';

const DAY_MS = 86_400_000;

/** What is stored, but for what the host's rows were from the beginning. */
const TABLES = [
  'bindings',
  'calls',
  'messages',
  'deliveries',
  'audit',
  'automationVersions',
  'projects',
  'tasks',
  'circuitBreakers',
] as const;

/** A worker process. */
interface SimWorker {
  readonly process: SimProcess;
  readonly workers: Workers;
}

/** The library in several processes on one database, with a WRK and people, before anything has happened. */
export interface Simulation {
  readonly scheduler: Scheduler;
  readonly storage: Surroundings['storage'];
  readonly engine: Surroundings['engine'];
  readonly projects: readonly BuildableProject[];
  readonly people: People;
  readonly workers: readonly SimWorker[];
  readonly startWorker: () => SimWorker;
  /** Versions whose status the host has written itself. */
  readonly changedByHost: Set<string>;
  /** From now on WRK takes every call well. */
  readonly heal: () => void;
  /** Whether every build has ended. */
  readonly isBuilt: () => boolean;
  /** Whether nothing is left to do, notifications included. */
  readonly isQuiet: () => boolean;
  /** Lets things happen until it is over, or until this time, in virtual milliseconds. */
  readonly run: (isOver: () => boolean, untilMs: number) => Promise<void>;
  /** What the checker looks at. */
  readonly history: () => History;
  /** Everything that decides how it goes on, as a text: what is stored, what is under way, and what each process has heard. */
  readonly state: () => string;
  /** What the checker found. */
  readonly findings: () => readonly string[];
}

/** Opens one. The same plan, choices and seed give the same simulation. */
export async function openSimulation(
  plan: Plan,
  choices: Choices,
  {
    tell,
    bug = {},
  }: { readonly tell?: (line: string) => void; readonly bug?: Omit<PlantedBug, 'name'> } = {},
): Promise<Simulation> {
  const random = randomOf(plan.seed);
  const scheduler = createScheduler(choices.next, tell);
  const database = startProcess(scheduler, 'the database', random.for('database'));
  const store = createStore(database.runtime);
  const sound = storageOn(store);
  const { storage, closedAt } = withCommitTimes(
    { ...sound, ...bug.storage?.(sound, store) },
    store,
    scheduler.now,
  );
  const soundWrk = openWrk(scheduler, random.for('wrk'), {
    duplicates: plan.duplicates,
    deadlineMs: plan.deadlineMs,
    trouble: plan.on.has('wrk') ? 0.3 : 0,
    lateness: plan.on.has('late') ? 0.3 : 0,
    // Later than the host says its WRK may be, nothing could know of it.
    lateMs: plan.policy === 'lookup' ? plan.settleMs : 2 * plan.leaseMs,
    wireMs: plan.wireMs,
    lookupTrouble: plan.on.has('lookups') ? 0.3 : 0,
  });
  const planted = bug.wrk ?? ((client) => client);
  const wrk = { ...soundWrk, clientOf: (process: SimProcess) => planted(soundWrk.clientOf(process)) };
  const engine = {
    actor: { name: 'the engine', state: () => 'running' as const },
    shared: memoryEngine({ now: scheduler.now }),
  };
  const mail = { name: 'the mail server', state: () => 'running' as const };
  const processes = random.for('processes');
  const around = { scheduler, plan, random: processes, storage, wrk, database, engine, mail, choices };

  const drawn = random.for('projects');
  const projects = Array.from({ length: plan.projects }, (_, index) =>
    buildableProject({
      name: `${drawn.chance(plan.rejected) ? REJECTED : 'good'} project ${index}`,
      tenantId: stableId('tenant', index % plan.tenants),
      versions: drawn.chance(plan.twoVersions) ? 2 : 1,
    }),
  );
  for (const { rows } of projects) await storage.host.insert(rows);
  const web = startProcess(scheduler, 'web', random.for('web'));
  const people = openPeople(libraryOf(web, around) as never, wrk);

  const workers: SimWorker[] = [];
  const changedByHost = new Set<string>();
  const history = () => readMemory({ store, plan, wrk, closedAt, changedByHost }, people.answers());
  const isBuilt = () =>
    store.committed
      .all('bindings')
      .every(
        ({ row }) => (row.status !== 'pending' || row.orchestration === 'manual') && row.followUpAt === null,
      );
  return {
    scheduler,
    storage,
    engine,
    projects,
    people,
    workers,
    startWorker: () => {
      const name = `worker ${workers.length + 1}`;
      const process = startProcess(scheduler, name, random.for(name));
      scheduler.note(name, 'starts');
      const started = libraryOf(process, around).startWorkers({
        concurrency: plan.concurrency,
        pollIntervalMs: 1_000,
        leaseMs: plan.leaseMs,
        sweepIntervalMs: 3_000,
      });
      const worker = { process, workers: started };
      workers.push(worker);
      return worker;
    },
    changedByHost,
    heal: wrk.heal,
    isBuilt,
    isQuiet: () => isBuilt() && store.committed.all('messages').every(({ row }) => row.deadReason !== null),
    run: async (isOver, untilMs) => {
      while (!isOver() && scheduler.now() < untilMs && (await scheduler.step()));
    },
    history,
    state: () => {
      const now = START + scheduler.now();
      const relative = (_: string, value: unknown) =>
        typeof value === 'number' && value >= START - DAY_MS ? `${value - now} from now` : value;
      const rows = TABLES.map((table) =>
        store.committed.all(table).map(({ row, version }) => [row, version]),
      );
      const heard = workers.map(({ process }) => process.heard());
      const atWrk = [wrk.fake.calls().map(({ callId }) => callId), wrk.fake.workflows().map(({ id }) => id)];
      return JSON.stringify([rows, scheduler.waiting(), heard, atWrk], relative);
    },
    findings: () =>
      check(history())
        .filter(({ kind }) => kind === 'violation')
        .map(({ invariant, text }) => `${invariant}: ${text}`),
  };
}
