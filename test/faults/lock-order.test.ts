import { ok } from 'neverthrow';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { PostgresTx } from '../../src/adapters/postgres/index.js';
import type { Builds } from '../../src/builds.js';
import type { BuildDecision } from '../../src/core/build/decision.js';
import { rescheduleBuild } from '../../src/core/orchestration/change-build.js';
import { projectTask, stableId } from '../../src/testing/builders.js';
import { capabilityOf } from '../../src/testing/contracts/support/capability-of.js';
import * as given from '../../src/testing/contracts/support/given.js';
import * as when from '../../src/testing/contracts/support/when.js';
import { completedDecision, failedDecision } from '../../src/testing/decision-builders.js';
import { wire } from '../adapters/postgres/support/wire.js';
import { openPostgres } from '../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../support/database.js';
import { sampled } from '../support/size.js';
import { LOCK_ORDER, type LockedTable, rowLocks } from './support/row-locks.js';

const [PROJECTS, VERSIONS, QUOTES, BINDINGS, TASKS] = LOCK_ORDER;

describeWithPostgres('A12, rows are locked in the order project, version, quote, binding, tasks', () => {
  let store: Awaited<ReturnType<typeof openPostgres>>;
  let locks: ReturnType<typeof rowLocks>;
  beforeAll(async () => {
    store = await openPostgres();
    locks = rowLocks(store.pool);
  });
  beforeEach(() => store.clear());
  afterAll(() => store.close());

  /** The decision of a command, which is not written. */
  const decided = async (command: (builds: Builds<PostgresTx>) => unknown) => {
    const decisions: BuildDecision[] = [];
    const { repository, queue, auditLog } = store;
    const { builds } = wire(store.pool, {
      repository,
      queue,
      auditLog,
      fused: {
        ...store.fused,
        commit: async (asked) => {
          decisions.push(...asked);
          return asked.map(() => 'stale');
        },
      },
    });
    await command(builds);
    const [decision] = decisions;
    if (!decision) throw new Error('the command was refused');
    return decision;
  };
  const by = { userId: stableId('ops'), reason: 'The client waits.' };
  const failed = async () => {
    const build = await given.build(store, { name: 'one' });
    await when.save(store, failedDecision(await when.claim(store, build)));
    return build;
  };

  const COMMANDS: Readonly<Record<string, [() => Promise<BuildDecision>, LockedTable[]]>> = {
    request: [async () => given.acceptance(store, await given.project(store)), [PROJECTS, VERSIONS, QUOTES]],
    'request of a version that was built before': [
      async () => {
        const project = await given.project(store);
        const build = await given.build(store, project);
        await wire(store.pool).builds.cancelBuild({ ...build, ...by });
        return given.acceptance(store, project);
      },
      [PROJECTS, VERSIONS, QUOTES, BINDINGS],
    ],
    completion: [
      async () => completedDecision(await when.claim(store, await given.build(store))),
      [PROJECTS, VERSIONS, BINDINGS, TASKS],
    ],
    failure: [
      async () => failedDecision(await when.claim(store, await given.build(store))),
      [PROJECTS, VERSIONS, BINDINGS],
    ],
    postponement: [
      async () => rescheduleBuild(await when.claim(store, await given.build(store)), null, 0, stableId('d')),
      [BINDINGS],
    ],
    retry: [
      async () => {
        const build = await failed();
        return decided((builds) => builds.retryBuild({ ...build, ...by }));
      },
      [PROJECTS, VERSIONS, BINDINGS],
    ],
    adoption: [
      async () => {
        const build = await failed();
        const workflow = { workflowId: 'wf_by_hand', workflowUrl: 'https://wrk.example/wf_by_hand' };
        return decided((builds) => builds.adoptWorkflow({ ...build, ...workflow, ...by }));
      },
      [PROJECTS, VERSIONS, BINDINGS, TASKS],
    ],
    cancellation: [
      async () => {
        const build = await given.build(store);
        return decided((builds) => builds.cancelBuild({ ...build, ...by }));
      },
      [PROJECTS, VERSIONS, BINDINGS],
    ],
    assignment: [
      async () => {
        const build = await given.build(store);
        return decided((builds) => builds.assignBuild({ ...build, ...by, assigneeId: stableId('engineer') }));
      },
      [BINDINGS],
    ],
  };

  /** Saves while somebody holds the rows of the table; the verdict, and what is locked while its transaction is open. */
  const save = async (decision: BuildDecision, table: LockedTable) => {
    const { letGo } = await locks.hold(table);
    const saved = await store.repository.transaction(async (tx) => {
      const [verdict] = await store.repository.save(tx, [decision]);
      return ok({ verdict, locked: await locks.locked() });
    });
    await letGo();
    return saved._unsafeUnwrap();
  };

  const pairs = Object.entries(COMMANDS).flatMap(([command, [decide, tables]]) =>
    tables.map((table) => ({ command, decide, tables, table })),
  );
  it.each(sampled(pairs, 6))(
    'row 55: $command that finds the row of $table locked holds those before it, and no other',
    async ({ decide, tables, table }) => {
      const decision = await decide();
      const held = tables.slice(0, tables.indexOf(table) + 1);
      expect(await save(decision, table)).toEqual({ verdict: 'busy', locked: held });
    },
  );

  it.each(sampled(LOCK_ORDER, 2))('row 55: whoever waits for the row of %s holds nothing', async (table) => {
    const build = await given.build(store, { name: 'one' });
    const { letGo } = await locks.hold(table);
    const waiting = store.repository.loadBuilds([build], when.PATIENT);
    await locks.somebodyWaits();
    expect(await locks.locked()).toEqual([table]);
    await letGo();
    expect(await waiting).toHaveLength(1);
  });

  it('row 55: several decisions at once wait for nobody: those whose rows are held are busy, and the others are written', async () => {
    const decisions = [];
    for (const name of ['one', 'two', 'three']) {
      decisions.push(await given.acceptance(store, await given.project(store, { name })));
    }
    const [first, second, third] = decisions;
    const host = await locks.openSession();
    await host.query('select from projects where id = $1 for update', [second?.guard.project?.id]);
    expect(await when.save(store, ...decisions)).toEqual(['ok', 'busy', 'ok']);
    const { bindings } = await store.libraryRows();
    expect(bindings.map(({ id }) => id).toSorted()).toEqual([first?.bindingId, third?.bindingId].toSorted());
  });

  it('row 55: a change of a checklist locks the project alone', async () => {
    const project = await given.project(store);
    await store.host.insert({ tasks: [projectTask(project, 'a')] });
    const { tenantId, projectId } = project;
    await locks.hold(TASKS);
    const found = await when.commit(store, async (tx) => {
      const checklists = capabilityOf(store, 'checklists');
      await checklists.lockChecklist(tx, { tenantId, projectId }, { wait: true });
      await checklists.saveProgress(tx, { tenantId, projectId, checklistProgress: 0 });
      return locks.locked();
    });
    expect(found).toEqual([PROJECTS, TASKS]);
  });

  it('row 55: claims and sweeps lock bindings alone, and skip those that somebody holds', async () => {
    const build = await given.build(store);
    const found = async () => {
      const sweep = capabilityOf(store, 'sweep');
      const { builds } = await when.commit(store, (tx) => sweep.findStranded(tx, { limit: 9, cursor: null }));
      await sweep.takeUnresolved({ limit: 9, leaseMs: 1 });
      return [builds.length, (await when.tryClaim(store, build)) === null ? 0 : 1];
    };
    const { letGo } = await locks.hold(BINDINGS);
    expect(await found()).toEqual([0, 0]);
    await letGo();
    for (const table of [PROJECTS, VERSIONS, QUOTES, TASKS] as const) await locks.hold(table);
    expect(await found()).toEqual([1, 1]);
  });
});
