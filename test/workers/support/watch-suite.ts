import { ok } from 'neverthrow';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import type { Builds } from '../../../src/builds.js';
import type { BuildChange } from '../../../src/core/views/build-change.js';
import { createBuilds } from '../../../src/create-builds.js';
import type { WatchOptions } from '../../../src/input/watch-options.js';
import { buildableProject, OTHER_TENANT, stableId, TENANT } from '../../../src/testing/builders.js';
import { capabilityOf } from '../../../src/testing/contracts/support/capability-of.js';
import type { StorageHarness } from '../../../src/testing/storage-harness.js';
import { createFakeWrk } from '../../../src/testing/wrk/fake-wrk.js';
import { wrkBehaviour } from '../../../src/testing/wrk/fake-wrk-behaviour.js';
import { fakeWrkClient } from '../../../src/testing/wrk/fake-wrk-client.js';
import { portsOf } from '../../support/ports-of.js';
import { latch, until } from '../../support/until.js';

/** Polls all the time. */
const EAGER: WatchOptions = { intervalMs: 5 };

/** Polls when somebody begins to watch and when this process changes a build, and not again while the test lasts. */
const PATIENT: WatchOptions = { intervalMs: 3_600_000, overlapMs: 3_600_000 };

/** Watches a tenant until the test is over; `told` is what it hears. */
export function watch<Tx>(builds: Builds<Tx>, tenantId = TENANT) {
  const told: (BuildChange | 'reload')[] = [];
  const { stop } = builds.watchBuilds({
    tenantId,
    onChange: (change) => void told.push(change),
    onReload: () => void told.push('reload'),
  });
  onTestFinished(stop);
  return {
    told,
    stop,
    ids: () => told.map((each) => (each === 'reload' ? each : each.bindingId)),
    statuses: () => told.map((each) => (each === 'reload' ? each : each.status)),
  };
}

/** What is told of builds that processes over one store change: the same on every store. */
export function watchSuite<Tx>(open: () => Promise<StorageHarness<Tx>>): void {
  let store: StorageHarness<Tx>;
  beforeAll(async () => {
    store = await open();
  });
  beforeEach(() => store.clear());
  afterAll(() => store.close());

  /** A process over the store; `looks` counts those that are over. */
  const openProcess = (options: WatchOptions = PATIENT, fake = createFakeWrk()) => {
    const looks = { over: 0 };
    const nobody = { deliver: async () => ({ status: 'delivered' as const }) };
    const buildViews = capabilityOf(store, 'buildViews');
    const builds = createBuilds<Tx>({
      ...portsOf(store),
      buildViews: {
        ...buildViews,
        findChangedBuilds: async (query) => {
          const found = await buildViews.findChangedBuilds(query);
          looks.over += 1;
          return found;
        },
      },
      wrk: fakeWrkClient(fake, { duplicates: { by: 'idempotency-key' } }),
      notifiers: { email: nobody, inApp: nobody },
      resolveRecipients: async () => [],
      watch: options,
    });
    return {
      builds,
      fake,
      /** Resolves once so many looks more have begun and ended. */
      pollsMore: (count: number) => {
        const enough = looks.over + count + 1;
        return until(() => looks.over >= enough);
      },
      firstLook: () => until(() => looks.over > 0),
      work: () => {
        const workers = builds.startWorkers({ pollIntervalMs: 2, concurrency: { notifications: 0 } });
        onTestFinished(() => workers.stop({ graceMs: 0 }));
        return workers;
      },
    };
  };
  const seed = async (name: string, tenantId = TENANT) => {
    const { rows, versionId } = buildableProject({ name, tenantId });
    await store.host.insert(rows);
    return { tenantId, automationVersionId: versionId, trigger: 'auto_build' as const };
  };
  const request = async ({ builds }: { readonly builds: Builds<Tx> }, name: string, tenantId = TENANT) =>
    (await builds.requestBuild(await seed(name, tenantId)))._unsafeUnwrap();

  it('what another process changes is told as it stands, from the request to the end', async () => {
    const { told, statuses } = watch(openProcess(EAGER).builds);
    const other = openProcess();
    const { bindingId, automationVersionId } = await request(other, 'project');
    await until(() => told.length > 0);
    const change = { tenantId: TENANT, bindingId, automationVersionId, run: 1 };
    expect(told).toEqual([
      {
        ...change,
        status: 'pending',
        errorReason: null,
        assigneeId: null,
        changedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      },
    ]);
    other.fake.script(wrkBehaviour.answers(422));
    other.work();
    await until(() => statuses().includes('error'));
    expect(told.at(-1)).toMatchObject({ ...change, errorReason: 'blueprint_rejected' });
    const command = { tenantId: TENANT, bindingId, userId: stableId('ops'), reason: 'fixed' };
    expect((await other.builds.retryBuild(command)).isOk()).toBe(true);
    await until(() => statuses().includes('active'));
    expect(told.at(-1)).toMatchObject({ ...change, run: 2, errorReason: null });
    const times = told.map((each) => (each === 'reload' ? each : each.changedAt));
    expect(times).toEqual(times.toSorted());
  });

  it('what this process changes is told without waiting for the next turn', async () => {
    const own = openProcess(PATIENT);
    const { statuses, told } = watch(own.builds);
    await own.firstLook();
    const { bindingId } = await request(own, 'project');
    await until(() => statuses().includes('pending'));
    const command = { tenantId: TENANT, bindingId, userId: stableId('ops') };
    const assigneeId = stableId('engineer', 'second');
    await own.builds.assignBuild({ ...command, assigneeId, reason: 'away' });
    await until(() => told.some((each) => each !== 'reload' && each.assigneeId === assigneeId));
    own.work();
    await until(() => statuses().includes('active'));
  });

  it('each tenant is told of its own builds alone', async () => {
    const own = openProcess(EAGER);
    const [ours, theirs] = [watch(own.builds), watch(own.builds, OTHER_TENANT)];
    const nobodys = watch(own.builds, stableId('tenant', 'without builds'));
    const [one, other] = [await request(own, 'one'), await request(own, 'other', OTHER_TENANT)];
    await until(() => ours.told.length > 0 && theirs.told.length > 0);
    await own.pollsMore(3);
    expect([ours.ids(), theirs.ids(), nobodys.ids()]).toEqual([[one.bindingId], [other.bindingId], []]);
  });

  it('a change that commits late, after others were told, is told once; one that is taken back never', async () => {
    const [watching, requesting] = [openProcess(EAGER), openProcess()];
    const { ids } = watch(watching.builds);
    const [late, never] = [await seed('late'), await seed('never')];
    const { open: end, passed: ended } = latch();
    const requested = { late: '', never: '' };
    const transactions = [
      store.repository.transaction(async (tx) => {
        requested.late = (await requesting.builds.requestBuild(late, { tx }))._unsafeUnwrap().bindingId;
        await ended;
        return ok(undefined);
      }),
      store.repository
        .transaction(async (tx) => {
          requested.never = (await requesting.builds.requestBuild(never, { tx }))._unsafeUnwrap().bindingId;
          await ended;
          throw new Error('the host changed its mind');
        })
        .catch(() => {}),
    ];
    await until(() => requested.late !== '' && requested.never !== '');
    const { bindingId: early } = await request(requesting, 'early');
    await until(() => ids().length > 0);
    await watching.pollsMore(3);
    expect(ids()).toEqual([early]);
    end();
    await Promise.all(transactions);
    await until(() => ids().length > 1);
    await watching.pollsMore(3);
    expect(ids()).toEqual([early, requested.late]);
  });

  it('where more builds change than are told one by one, those who watch are told to reload', async () => {
    const own = openProcess({ ...PATIENT, maxChanges: 2 });
    for (const name of ['a', 'b', 'c']) await request(own, name);
    const { told } = watch(own.builds);
    await until(() => told.length > 0);
    expect(told).toEqual(['reload']);
  });
}
