import { projectTask } from '../../src/testing/builders.js';
import { type Random, randomOf } from '../torture/harness/random.js';
import { randomChoices } from './choices.js';
import { openSimulation, type Simulation } from './open-simulation.js';
import type { Plan, Trouble } from './plan.js';
import type { PlantedBug } from './planted-bugs.js';

/** What became of one schedule. */
export interface ScheduleResult {
  readonly findings: readonly string[];
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
  options: { readonly tell?: (line: string) => void; readonly bug?: Omit<PlantedBug, 'name'> } = {},
): Promise<ScheduleResult> {
  const random = randomOf(plan.seed);
  let troubled = true;
  const choices = randomChoices(random.for('order'), plan, () => troubled);
  const simulation = await openSimulation(plan, choices, options);
  const { scheduler, startWorker, run, findings, history } = simulation;

  // 1. Draw what happens, and start the workers.
  plant(plan, simulation, random.for('what happens'));
  for (let index = 0; index < plan.processes; index += 1) startWorker();

  // 2. Let it happen, then let it heal.
  await run(() => false, plan.faultMs);
  troubled = false;
  simulation.heal();
  scheduler.note('chance', 'the trouble is over');
  startWorker();
  const earliest = plan.faultMs + 2 * plan.leaseMs;
  await run(() => scheduler.now() >= earliest && simulation.isQuiet(), plan.faultMs + QUIET_WITHIN_MS);

  // 3. Check.
  const { bindings, posts } = history();
  return {
    findings: findings(),
    steps: scheduler.steps(),
    virtualMs: scheduler.now(),
    traceHash: scheduler.traceHash(),
    counts: {
      builds: bindings.length,
      active: bindings.filter(({ status }) => status === 'active').length,
      posts: posts.length,
    },
  };
}

/** Puts what people do and what goes wrong at times of the schedule. */
function plant(plan: Plan, simulation: Simulation, chance: Random): void {
  const { scheduler, projects, people, workers, startWorker, engine } = simulation;
  const fate = { name: 'chance', state: () => 'running' as const };
  const at = (inMs: number, what: string, run: () => unknown) =>
    scheduler.schedule({ who: fate, what, inMs, run: () => void run() });
  const anyTime = () => chance.between(0, plan.faultMs);
  const often = (trouble: Trouble, maxTimes: number, what: string, happen: () => unknown) => {
    if (!plan.on.has(trouble)) return;
    for (let left = chance.between(1, maxTimes); left > 0; left -= 1) at(anyTime(), what, happen);
  };
  const someone = () => {
    const alive = workers.filter(({ process }) => process.state() !== 'dead');
    return alive.length > 0 ? chance.pick(alive) : null;
  };
  const startLater = () => at(chance.between(0, plan.leaseMs), 'a process is started', startWorker);

  for (const project of projects)
    for (const versionId of project.versionIds)
      at(chance.chance(0.5) ? 0 : anyTime(), 'a build is requested', () =>
        people.request(project, versionId, chance),
      );
  often('commands', 8, 'the ops team gives a command', () => people.command(chance));
  often('kill', 4, 'a process is killed', () => {
    someone()?.process.kill();
    startLater();
  });
  often('stop', 3, 'a process is told to stop', () => {
    const picked = someone();
    void picked?.workers.stop({ graceMs: chance.pick([0, 500, 5_000]) }).then(picked.process.kill);
    startLater();
  });
  often('pause', 5, 'a process stands still', () => {
    const paused = someone()?.process;
    paused?.pause();
    at(chance.between(0, 2 * plan.leaseMs), 'a process goes on', () => paused?.resume());
  });
  often('clock', 4, 'a clock is set', () =>
    someone()?.process.setClock(chance.pick([-3_600_000, -plan.leaseMs, plan.leaseMs, 3_600_000])),
  );
  often('engine', 3, 'the engine loses everything', engine.shared.flush);
  often('host', 4, 'the host writes', () => hostWrites(simulation, chance));
}

async function hostWrites(
  { storage: { host }, projects, changedByHost }: Simulation,
  chance: Random,
): Promise<void> {
  const { versionId, quoteId, projectId, tenantId } = chance.pick(projects);
  switch (chance.pick(['archive', 'edit', 'quote', 'blocker'] as const)) {
    case 'archive':
      changedByHost.add(versionId);
      return host.update('automationVersions', versionId, { status: 'archived' });
    case 'edit':
      return host.update('automationVersions', versionId, {
        blueprintJson: { nodes: [{ id: 'a' }, { id: 'b' }], edges: [{ source: 'a', target: 'b' }] },
      });
    case 'quote':
      return host.update('quotes', quoteId, { status: 'withdrawn' });
    case 'blocker': {
      const slug = `blocker-${chance.between(1, 1e9)}`;
      return host.insert({ tasks: [projectTask({ projectId, tenantId }, slug, { isBlocker: true })] });
    }
  }
}
