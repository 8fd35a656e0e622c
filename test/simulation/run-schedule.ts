import { memoryEngine } from '../../src/adapters/memory/index.js';
import { storageOn } from '../../src/adapters/memory/storage.js';
import { createStore } from '../../src/adapters/memory/store.js';
import { buildableProject, projectTask, stableId } from '../../src/testing/builders.js';
import type { Workers } from '../../src/workers/start-workers.js';
import { check } from '../torture/harness/checker.js';
import type { Finding } from '../torture/harness/invariants/finding.js';
import { openPeople } from '../torture/harness/people.js';
import { randomOf } from '../torture/harness/random.js';
import type { Plan } from './plan.js';
import type { PlantedBug } from './planted-bugs.js';
import { readMemory } from './read-memory.js';
import { type Actor, createScheduler } from './scheduler.js';
import { libraryOf, type Surroundings } from './sim-library.js';
import { type SimProcess, startProcess } from './sim-process.js';
import { openWrk } from './sim-wrk.js';

/** What became of one schedule. */
export interface ScheduleResult {
  readonly findings: readonly Finding[];
  readonly steps: number;
  readonly virtualMs: number;
  readonly traceHash: string;
  readonly counts: { readonly builds: number; readonly active: number; readonly posts: number };
}

/** Virtual time after the faults in which everything must come to an end. */
const QUIET_WITHIN_MS = 1_800_000;

/** Runs one schedule to its end, and checks what it has left. */
export async function runSchedule(
  plan: Plan,
  {
    tell,
    bug = {},
  }: { readonly tell?: (line: string) => void; readonly bug?: Omit<PlantedBug, 'name'> } = {},
): Promise<ScheduleResult> {
  const random = randomOf(plan.seed);
  const scheduler = createScheduler(random.for('order'), tell);
  const database: Actor = startProcess(scheduler, 'the database', random.for('database'));
  const store = createStore((database as SimProcess).runtime);
  const sound = storageOn(store);
  const storage = { ...sound, ...bug.storage?.(sound, store) };
  let troubled = true;
  const soundWrk = openWrk(scheduler, random.for('wrk'), {
    duplicates: plan.duplicates,
    deadlineMs: plan.deadlineMs,
    trouble: plan.on.has('wrk') ? 0.3 : 0,
    lateness: plan.on.has('late') ? 0.3 : 0,
    // Later than the host says its WRK may be, nothing could know of it.
    lateMs: plan.policy === 'lookup' ? plan.settleMs : 2 * plan.leaseMs,
    lookupTrouble: plan.on.has('lookups') ? 0.3 : 0,
  });
  const wrk = {
    ...soundWrk,
    clientOf: (process: SimProcess) => (bug.wrk ?? ((client) => client))(soundWrk.clientOf(process)),
  };
  const engine = {
    actor: { name: 'the engine', state: () => 'running' as const },
    shared: memoryEngine({ now: scheduler.now }),
  };
  const around: Surroundings = {
    scheduler,
    plan,
    random: random.for('processes'),
    storage,
    wrk,
    database,
    engine,
    mail: { name: 'the mail server', state: () => 'running' },
    isTroubled: () => troubled,
  };

  // 1. Projects, and whoever asks for their builds.
  const chance = random.for('what happens');
  const projects = Array.from({ length: plan.projects }, (_, index) =>
    buildableProject({
      name: `project ${index}`,
      tenantId: stableId('tenant', index % plan.tenants),
      versions: chance.chance(0.3) ? 2 : 1,
    }),
  );
  for (const { rows } of projects) await storage.host.insert(rows);
  const web = startProcess(scheduler, 'web', random.for('web'));
  const people = openPeople(libraryOf(web, around) as never, wrk);

  // 2. Workers.
  const workers: { process: SimProcess; workers: Workers }[] = [];
  const start = () => {
    const process = startProcess(
      scheduler,
      `worker ${workers.length + 1}`,
      random.for(`worker ${workers.length}`),
    );
    scheduler.note(process.name, 'starts');
    workers.push({
      process,
      workers: libraryOf(process, around).startWorkers({
        concurrency: { builds: 3, notifications: 3 },
        pollIntervalMs: 1_000,
        leaseMs: plan.leaseMs,
        sweepIntervalMs: 3_000,
      }),
    });
  };
  for (let index = 0; index < plan.processes; index += 1) start();

  // 3. What happens to them, and what people do.
  const god: Actor = { name: 'chance', state: () => 'running' };
  const at = (inMs: number, what: string, run: () => unknown) =>
    scheduler.schedule({ who: god, what, inMs, run: () => void run() });
  const anyTime = () => chance.between(0, plan.faultMs);
  const often = (trouble: Parameters<typeof plan.on.has>[0], maxTimes: number, plant: () => void) => {
    if (!plan.on.has(trouble)) return;
    for (let left = chance.between(1, maxTimes); left > 0; left -= 1) plant();
  };
  const someone = () => {
    const alive = workers.filter(({ process }) => process.state() !== 'dead');
    return alive.length > 0 ? chance.pick(alive) : null;
  };
  for (const project of projects)
    for (const versionId of project.versionIds)
      at(chance.chance(0.5) ? 0 : anyTime(), 'a build is requested', () =>
        people.request(project, versionId, chance),
      );
  often('commands', 8, () => at(anyTime(), 'the ops team gives a command', () => people.command(chance)));
  often('kill', 4, () =>
    at(anyTime(), 'a process is killed', () => {
      someone()?.process.kill();
      at(chance.between(0, plan.leaseMs), 'a process is started', start);
    }),
  );
  often('stop', 3, () =>
    at(anyTime(), 'a process is told to stop', () => {
      const picked = someone();
      picked?.workers.stop({ graceMs: chance.pick([0, 500, 5_000]) }).then(() => picked.process.kill());
      at(chance.between(0, plan.leaseMs), 'a process is started', start);
    }),
  );
  often('pause', 5, () =>
    at(anyTime(), 'a process stands still', () => {
      const paused = someone()?.process;
      paused?.pause();
      at(chance.between(0, 2 * plan.leaseMs), 'a process goes on', () => paused?.resume());
    }),
  );
  often('clock', 4, () =>
    at(anyTime(), 'a clock is set', () =>
      someone()?.process.setClock(chance.pick([-3_600_000, -plan.leaseMs, plan.leaseMs, 3_600_000])),
    ),
  );
  often('engine', 3, () => at(anyTime(), 'the engine loses everything', engine.shared.flush));
  const changedByHost = new Set<string>();
  often('host', 4, () =>
    at(anyTime(), 'the host writes', () => hostWrites(storage, projects, chance, changedByHost)),
  );

  // 4. Let it happen, then let it heal.
  const until = async (isOver: () => boolean, limitMs: number) => {
    while (!isOver() && scheduler.now() < limitMs && (await scheduler.step()));
  };
  await until(() => false, plan.faultMs);
  troubled = false;
  wrk.heal();
  scheduler.note('chance', 'the trouble is over');
  start();
  const isQuiet = () =>
    scheduler.now() >= plan.faultMs + 2 * plan.leaseMs &&
    store.committed.all('messages').every(({ row }) => row.deadReason !== null) &&
    store.committed
      .all('bindings')
      .every(
        ({ row }) => (row.status !== 'pending' || row.orchestration === 'manual') && row.followUpAt === null,
      );
  await until(isQuiet, plan.faultMs + QUIET_WITHIN_MS);

  // 5. Check.
  const history = readMemory(store, plan, wrk, people.answers(), changedByHost);
  return {
    findings: check(history).filter(({ kind }) => kind === 'violation'),
    steps: scheduler.steps(),
    virtualMs: scheduler.now(),
    traceHash: scheduler.traceHash(),
    counts: {
      builds: history.bindings.length,
      active: history.bindings.filter(({ status }) => status === 'active').length,
      posts: history.posts.length,
    },
  };
}

async function hostWrites(
  { host }: Surroundings['storage'],
  projects: readonly ReturnType<typeof buildableProject>[],
  chance: ReturnType<typeof randomOf>,
  changedByHost: Set<string>,
): Promise<void> {
  const { versionId, quoteId, projectId, tenantId } = chance.pick(projects);
  switch (chance.pick(['archive', 'edit', 'quote', 'blocker', 'lock'] as const)) {
    case 'archive':
      changedByHost.add(versionId);
      return host.update('automationVersions', versionId, { status: 'archived' });
    case 'edit':
      return host.update('automationVersions', versionId, {
        blueprintJson: { nodes: [{ id: 'a' }, { id: 'b' }], edges: [{ source: 'a', target: 'b' }] },
      });
    case 'quote':
      return host.update('quotes', quoteId, { status: 'withdrawn' });
    case 'blocker':
      return host.insert({
        tasks: [
          projectTask({ projectId, tenantId }, `blocker-${chance.between(1, 1e9)}`, { isBlocker: true }),
        ],
      });
    case 'lock': {
      const { release } = await host.lock('projects', projectId);
      return release();
    }
  }
}
