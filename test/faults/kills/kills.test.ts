import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DuplicatePolicy } from '../../../src/core/orchestration/wrk-answer.js';
import { stableId } from '../../../src/testing/builders.js';
import { describeWithPostgres } from '../../support/database.js';
import { bundleWorker, type WorkerProgram } from '../../support/processes/start-worker.js';
import { checkInvariants } from './invariants.js';
import { BUILDS, KILLS, type KilledRun, runWithKills } from './kill-run.js';
import { type StoredBuild, storedBuilds } from './stored-builds.js';

const TIMEOUT_MS = 300_000;

describeWithPostgres.concurrent(`${KILLS} times SIGKILL under ${BUILDS} builds`, () => {
  let program: WorkerProgram;
  beforeAll(async () => {
    program = await bundleWorker();
  });
  afterAll(() => program?.remove());

  /** Runs it, checks that the faults really fired, and what must be true whatever WRK offers. */
  const survive = async (
    duplicates: DuplicatePolicy,
    wrk: { readonly honoursKeys: boolean },
    check: (run: KilledRun, builds: readonly StoredBuild[]) => void | Promise<void>,
  ) => {
    const run = await runWithKills(program, duplicates, wrk);
    try {
      expect(run.kills).toHaveLength(KILLS);
      for (const { inFlight, leftOpen } of run.kills) {
        expect(inFlight.length, 'calls in flight at each kill').toBeGreaterThan(0);
        expect([...leftOpen], 'their rows stay open').toEqual(expect.arrayContaining([...inFlight]));
      }
      expect(run.untouchedAtLastKill).toBeGreaterThan(0);
      await check(run, await checkInvariants(run, duplicates));
    } finally {
      await run.close();
    }
  };

  const eachHasOneWorkflow = ({ fake }: KilledRun, builds: readonly StoredBuild[]) => {
    expect(builds.filter(({ status }) => status !== 'active')).toEqual([]);
    expect([...fake.workflowsByReference()].sort()).toEqual(builds.map(({ id }) => [id, 1]));
  };

  it('leaves each build active with one workflow where WRK honours keys', { timeout: TIMEOUT_MS }, () =>
    survive({ by: 'idempotency-key' }, { honoursKeys: true }, (run, builds) => {
      eachHasOneWorkflow(run, builds);
      expect(run.fake.calls().length, 'calls that were cut off were made again').toBeGreaterThan(BUILDS);
    }),
  );

  it('leaves each build active with one workflow where WRK can be asked', { timeout: TIMEOUT_MS }, () =>
    survive({ by: 'lookup', settleMs: 0 }, { honoursKeys: false }, (run, builds) => {
      eachHasOneWorkflow(run, builds);
      expect(run.fake.lookups()).toBeGreaterThan(0);
      expect(run.fake.calls()).toHaveLength(BUILDS);
    }),
  );

  it(
    'never makes a workflow twice where WRK offers nothing and the host chose to stop, and lists the builds whose workflow a person then adopts',
    { timeout: TIMEOUT_MS },
    () =>
      survive({ by: 'nothing', onUnknownOutcome: 'stop' }, { honoursKeys: false }, async (run, builds) => {
        const stopped = builds.filter(({ status }) => status === 'error');
        expect(builds.filter(({ status }) => status === 'active').length + stopped.length).toBe(BUILDS);
        expect([...run.fake.workflowsByReference().values()].filter((made) => made > 1)).toEqual([]);

        // A row that is still open: the call was cut off. A connection may break as well, on a machine that is busy.
        const unknown = builds.filter(({ calls }) => calls.includes(null) || calls.includes('unknown'));
        expect(stopped.map(({ id }) => id)).toEqual(unknown.map(({ id }) => id));
        expect(new Set(stopped.map(({ errorReason }) => errorReason))).toEqual(new Set(['outcome_unknown']));
        const cutOff = stopped.filter(({ calls }) => calls.includes(null));
        expect(cutOff.length).toBeGreaterThanOrEqual(KILLS);
        for (const { errorDetail, calls } of cutOff) {
          expect(errorDetail).toBe(
            'an earlier call may have created the workflow, and WRK offers no way to find out',
          );
          expect(calls).toEqual([null, 'not_sent']);
        }
        const inFlight = run.kills.flatMap((kill) => kill.inFlight);
        const toAdopt = workflowsToAdopt(run, stopped);
        expect(toAdopt.map(({ bindingId }) => bindingId)).toEqual(expect.arrayContaining(inFlight));

        for (const tenantId of new Set(toAdopt.map((each) => each.tenantId))) {
          const listed = await run.builds.listBuilds({
            tenantId,
            errorReason: 'outcome_unknown',
            limit: 200,
          });
          for (const { explanation } of listed._unsafeUnwrap().builds) {
            expect(explanation.sentence).toContain('it is unknown whether WRK created the workflow');
          }
        }
        const command = { userId: stableId('ops'), reason: 'Seen at WRK.' };
        for (const workflow of toAdopt) {
          expect((await run.builds.adoptWorkflow({ ...workflow, ...command })).isOk()).toBe(true);
        }
        const adopted = new Set(toAdopt.map(({ bindingId }) => bindingId));
        const after = (await storedBuilds(run.pool)).filter(({ id }) => adopted.has(id));
        expect(new Set(after.map(({ status }) => status))).toEqual(new Set(['active']));
        expect(after.map(({ id }) => id).toSorted()).toEqual([...adopted].toSorted());
      }),
  );

  it(
    'makes workflows twice where WRK offers nothing and the host chose to retry, and leaves each build active with one of them',
    { timeout: TIMEOUT_MS },
    () =>
      survive(
        { by: 'nothing', onUnknownOutcome: 'retry' },
        { honoursKeys: false },
        ({ fake, kills }, builds) => {
          expect(builds.filter(({ status }) => status !== 'active')).toEqual([]);
          // Exactly: each call makes one, and a call that was in flight at a kill is made again.
          expect(fake.workflows()).toHaveLength(fake.calls().length);
          const made = fake.workflowsByReference();
          expect(made.size).toBe(BUILDS);
          const inFlight = kills.flatMap((kill) => kill.inFlight);
          expect(inFlight.filter((id) => (made.get(id) ?? 0) < 2)).toEqual([]);
          const unbound = fake.workflows().length - BUILDS;
          expect(unbound, 'workflows that no build holds').toBeGreaterThanOrEqual(new Set(inFlight).size);
          expect(builds.filter(({ id, calls }) => (made.get(id) ?? 0) > calls.length)).toEqual([]);
        },
      ),
  );
});

/** The workflows of stopped builds that WRK has made and no build holds: what a person finds there, and may adopt. */
function workflowsToAdopt({ fake }: KilledRun, stopped: readonly StoredBuild[]) {
  const ids = new Set(stopped.map(({ id }) => id));
  return fake
    .workflows()
    .filter(({ reference }) => reference !== null && ids.has(reference))
    .map(({ reference, tenantId, id, url }) => ({
      bindingId: reference ?? '',
      tenantId,
      workflowId: id,
      workflowUrl: url,
    }));
}
