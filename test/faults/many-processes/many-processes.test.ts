import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleWorker, type WorkerProgram } from '../../support/processes/start-worker.js';
import { describeWithRedisAndPostgres } from '../../support/redis.js';
import { sized } from '../../support/size.js';
import { type StoredBuild, storedBuilds } from '../kills/stored-builds.js';
import type { Delivered } from './post-office.js';
import { type ManyRun, runMany } from './run-many.js';
import type { QueueWorkerSettings } from './settings.js';

// By hand: KILL_BUILDS=5000 KILL_PROCESSES=4 KILL_KILLS=40, which also prints what was counted.
const BUILDS = Number(process.env.KILL_BUILDS ?? sized(100, 200));
const PROCESSES = Number(process.env.KILL_PROCESSES ?? sized(2, 4));
const KILLS = Number(process.env.KILL_KILLS ?? sized(2, 4));
const TIMEOUT_MS = 1_800_000;

/** Who must be told of a build that becomes active: by mail and Slack at least once, in-app exactly once. */
const BY_POST = [
  'build_assigned email ops one',
  'build_assigned email ops two',
  'build_complete email client',
  'build_started email client',
  'build_started slack ops channel',
  'qa_ready email ops one',
  'qa_ready email ops two',
];
const IN_APP = ['build_complete owner', 'build_started owner'];

interface InAppRow {
  readonly versionId: string;
  readonly told: string;
}

const inAppRows = async ({ pool }: ManyRun) =>
  (
    await pool.query<InAppRow>(`
select data_json->>'automationVersionId' as "versionId", template || ' ' || user_id as told
  from wrk_builds.in_app_notifications`)
  ).rows;

/** What was told of each version, sorted. */
const byVersion = (rows: readonly InAppRow[]): ReadonlyMap<string, readonly string[]> => {
  const told = new Map<string, string[]>();
  for (const { versionId, told: one } of rows) told.set(versionId, [...(told.get(versionId) ?? []), one]);
  return new Map([...told].map(([versionId, all]) => [versionId, all.sort()]));
};

const versionsOf = async ({ pool }: ManyRun) =>
  (
    await pool.query<{ id: string }>('select automation_version_id as id from wrk_builds.workflow_bindings')
  ).rows.map(({ id }) => id);

describeWithRedisAndPostgres(`${PROCESSES} processes behind BullMQ and ${BUILDS} builds`, () => {
  let program: WorkerProgram<QueueWorkerSettings>;
  let run: ManyRun;
  let builds: readonly StoredBuild[];
  beforeAll(async () => {
    program = await bundleWorker(new URL('./worker-process.ts', import.meta.url));
    run = await runMany(
      program,
      { builds: BUILDS, processes: PROCESSES, kills: KILLS },
      BUILDS * BY_POST.length,
    );
    builds = await storedBuilds(run.pool);
    if (process.env.KILL_BUILDS) console.log(await figuresOf(run, builds));
  }, TIMEOUT_MS);
  afterAll(async () => {
    await run?.close();
    await program?.remove();
  });

  it('were hit: calls and delivered were cut off by SIGKILL, and Redis lost messages that it had', () => {
    const { cutOff, lost, office, fake } = run;
    expect(cutOff).toHaveLength(KILLS);
    const delivered = cutOff.flatMap((each) => each.delivered);
    const calls = cutOff.flatMap((each) => each.calls);
    expect(delivered.length).toBeGreaterThan(0);
    expect(calls.length).toBeGreaterThan(0);
    expect(lost.length).toBeGreaterThan(0);

    const posted = timesOf(fake.calls().map(({ reference }) => reference ?? ''));
    expect(
      calls.filter((reference) => (posted.get(reference) ?? 0) < 2),
      'calls cut off, not repeated',
    ).toEqual([]);
    const sent = timesOf(office.delivered().map(({ key }) => key));
    expect(
      delivered.filter(({ key }) => (sent.get(key) ?? 0) < 2),
      'delivered cut off, not repeated',
    ).toEqual([]);
    const handed = office.handOvers();
    const again = lost.filter((id) => (handed.get(id) ?? 0) > 1);
    expect(again.length, 'messages lost, and handed over again').toBeGreaterThan(0);
  });

  it('leave every build active once, with one workflow at WRK', () => {
    expect(builds).toHaveLength(BUILDS);
    for (const build of builds) {
      expect(build).toMatchObject({
        status: 'active',
        version: 'QA & Testing',
        project: 'QA & Testing',
        audit: ['build_complete', 'request_build'],
        integrationLeft: 0,
        told: [],
        foreign: 0,
        isLeased: false,
      });
    }
    expect(new Set(builds.map(({ workflowId }) => workflowId)).size).toBe(BUILDS);
    expect([...run.fake.workflowsByReference()].sort()).toEqual(builds.map(({ id }) => [id, 1]));
    expect(run.fake.violations()).toEqual([]);
  });

  it('tell everybody by mail and Slack at least once, and in-app exactly once', async () => {
    const versions = await versionsOf(run);
    const delivered = byVersion(run.office.delivered());
    const rows = byVersion(await inAppRows(run));
    expect(delivered.size).toBe(BUILDS);
    expect(rows.size).toBe(BUILDS);
    for (const version of versions) {
      expect([...new Set(delivered.get(version))]).toEqual(BY_POST);
      expect(rows.get(version)).toEqual(IN_APP);
    }
  });
});

/** What one wants to know of a run that was made by hand. */
async function figuresOf(run: ManyRun, builds: readonly StoredBuild[]) {
  const { fake, office, cutOff, lost, seconds } = run;
  const perChannel = (keys: readonly Delivered[], channel: string) => {
    const all = keys.filter(({ told }) => told.includes(` ${channel} `));
    return { came: all.length, different: new Set(all.map(({ key }) => key)).size };
  };
  const times = [...office.handOvers().values()];
  return {
    seconds: Math.round(seconds),
    kills: cutOff.length,
    callsCutOff: cutOff.flatMap(({ calls }) => calls).length,
    lettersCutOff: cutOff.flatMap(({ delivered }) => delivered).length,
    posts: fake.calls().length,
    workflows: fake.workflows().length,
    active: builds.filter(({ status }) => status === 'active').length,
    email: perChannel(office.delivered(), 'email'),
    slack: perChannel(office.delivered(), 'slack'),
    inAppRows: (await inAppRows(run)).length,
    messages: times.length,
    lostInRedis: lost.length,
    lostAndHandedOverAgain: lost.filter((id) => (office.handOvers().get(id) ?? 0) > 1).length,
    handedOverAgain: times.filter((count) => count > 1).length,
  };
}

function timesOf(names: readonly string[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const name of names) times.set(name, (times.get(name) ?? 0) + 1);
  return times;
}
