import { setTimeout as sleep } from 'node:timers/promises';
import { check } from './checker.js';
import { hostFaults } from './faults/host.js';
import { outsideFaults } from './faults/outside.js';
import { processFaults } from './faults/processes.js';
import { serverFaults } from './faults/servers.js';
import type { ProcessEnd } from './fleet.js';
import type { Finding } from './invariants/finding.js';
import { watchLag } from './lag.js';
import { type OpenSandbox, openSandbox, type Shared } from './open-sandbox.js';
import type { FaultKind, Plan } from './plan.js';
import { type Random, randomOf } from './random.js';
import { readHistory } from './read-history.js';
import type { Sandbox } from './sandbox.js';

const FAULTS: Readonly<Record<FaultKind, (sandbox: Sandbox, random: Random) => Promise<string>>> = {
  ...processFaults,
  ...serverFaults,
  ...hostFaults,
  ...outsideFaults,
};

/** How long builds and messages may take once nothing goes wrong any more. */
const QUIET_WITHIN_MS = 120_000;

/** No fault takes as long. */
const FAULT_WITHIN_MS = 120_000;

const UNFINISHED = `
select (select count(*) from wrk_builds.workflow_bindings where status = 'pending' and orchestration = 'automatic')
     + (select count(*) from wrk_builds.workflow_bindings where follow_up_at is not null)
     + (select count(*) from wrk_builds.messages where dead_at is null) as count`;

/** What became of one run. */
export interface RunResult {
  readonly plan: Plan;
  readonly findings: readonly Finding[];
  /** What happened, a line each, with the milliseconds since the run began. */
  readonly timeline: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
  readonly logs: readonly string[];
}

/** Makes one run: faults for so many seconds, then the wait until all is done, then the checks. */
export async function run(plan: Plan, shared: Shared): Promise<RunResult> {
  const sandbox = await openSandbox(plan, shared);
  const lag = watchLag();
  const timeline: string[] = [];
  const begun = Date.now();
  const note = (text: string) => void timeline.push(`${Date.now() - begun} ${text}`);
  // The library works in this process too, for whoever asks for builds.
  const deaths: ProcessEnd[] = [];
  const die = (problem: Error) =>
    void deaths.push({ code: 1, signal: null, wanted: [], complaints: `${problem.stack}` });
  process.on('uncaughtException', die);
  try {
    const inject = async ({ atMs, kind, seed }: Plan['faults'][number]) => {
      await sandbox.pass(atMs - (Date.now() - begun));
      note(`${kind} …`);
      const injected = FAULTS[kind](sandbox, randomOf(seed)).catch(
        (problem) => `came to nothing: ${problem}`,
      );
      const what = await Promise.race([injected, sleep(FAULT_WITHIN_MS, 'has not ended', { ref: false })]);
      note(`${kind} ${what}`);
    };
    const happening = [requestAll(plan, sandbox), ...plan.faults.map(inject)];
    await sleep(plan.faultMs);
    sandbox.endFaults();
    await Promise.all(happening);
    note('the faults have stopped');
    for (const place of sandbox.fleet.places) place.resume();

    await quiet(sandbox);
    note('all is done, or too late');
    await sandbox.fleet.close();
    const read = await readHistory(sandbox, sandbox.logs, lag.lagAt);
    const history = { ...read, ends: [...read.ends, ...deaths] };
    return {
      plan,
      findings: check(history),
      timeline: [...timeline, ...history.answers.map((answer) => JSON.stringify(answer))],
      counts: {
        builds: history.bindings.length,
        active: history.bindings.filter(({ status }) => status === 'active').length,
        posts: history.posts.length,
        workflows: history.workflows.length,
        faults: plan.faults.length,
        ends: history.ends.length,
        quietMs: Date.now() - begun - plan.faultMs,
        lagMs: lag.max(),
      },
      logs: sandbox.logs,
    };
  } finally {
    lag.stop();
    process.off('uncaughtException', die);
    await sandbox.close();
  }
}

/** Asks for the builds: half of them at once, the others meanwhile. */
async function requestAll({ seed, faultMs }: Plan, { projects, people, pass }: OpenSandbox): Promise<void> {
  const random = randomOf(`${seed}/requests`);
  const asked = projects.flatMap((project) =>
    project.versionIds.map((versionId) => ({
      project,
      versionId,
      atMs: random.chance(0.5) ? 0 : random.between(0, Math.round(faultMs * 0.8)),
      chance: random.for(versionId),
    })),
  );
  await Promise.all(
    asked.map(async ({ project, versionId, atMs, chance }) => {
      await pass(atMs);
      await people.request(project, versionId, chance);
    }),
  );
}

async function quiet({ pool }: OpenSandbox): Promise<void> {
  const until = Date.now() + QUIET_WITHIN_MS;
  while (Date.now() < until) {
    const { rows } = await pool.query<{ count: string }>(UNFINISHED);
    if (Number(rows[0]?.count) === 0) return;
    await sleep(200);
  }
}
