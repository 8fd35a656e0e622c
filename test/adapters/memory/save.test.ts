import { err, ok, type Result } from 'neverthrow';
import { describe, expect, it } from 'vitest';
import type { BuildDecision } from '../../../src/core/build/decision.js';
import { OTHER_TENANT, projectTask, stableId } from '../../../src/testing/builders.js';
import * as given from '../../../src/testing/contracts/support/given.js';
import * as then from '../../../src/testing/contracts/support/then.js';
import * as when from '../../../src/testing/contracts/support/when.js';
import {
  completedDecision,
  failedDecision,
  retriedDecision,
} from '../../../src/testing/decision-builders.js';
import { openMemory, settle } from './open-memory.js';

/** Runs `meanwhile` while a decision is written and not yet committed, then ends the transaction. */
function whileUncommitted(
  store: ReturnType<typeof openMemory>,
  decision: BuildDecision,
  meanwhile: () => Promise<unknown>,
  end: () => Result<undefined, string> = () => ok(undefined),
) {
  return store.repository.transaction(async (tx) => {
    expect(await store.repository.save(tx, [decision])).toEqual(['ok']);
    await meanwhile();
    return end();
  });
}

/** A decision that guards and writes nothing but the first binding of its version. */
function bareBinding(decision: BuildDecision, bindingId: string): BuildDecision {
  const guard = { ...decision.guard, automationVersionRow: null, project: null, quote: null };
  return {
    ...decision,
    bindingId,
    guard,
    automationVersionStatus: null,
    project: null,
    createTasks: [],
    idempotency: null,
  };
}

describe('a decision that is not yet committed', () => {
  it('keeps a build that is free and due from being claimed, until it is rolled back', async () => {
    const store = openMemory();
    const build = await given.build(store);
    await whileUncommitted(
      store,
      retriedDecision(await then.build(store, build)),
      () => then.nothingChanges(store, async () => expect(await when.tryClaim(store, build)).toBeNull()),
      () => err('no'),
    );
    expect(await when.claim(store, build)).toMatchObject({ binding: { run: 1, fence: 2 } });
  });

  it('is the only one that can make the first binding of its version, whatever rows the others guard', async () => {
    const store = openMemory();
    const request = await given.acceptance(store, await given.project(store));
    const [one, two] = [bareBinding(request, stableId('one')), bareBinding(request, stableId('two'))];
    await whileUncommitted(store, one, async () => expect(await when.save(store, two)).toEqual(['busy']));
    expect(await then.nothingChanges(store, () => when.save(store, two))).toEqual(['stale']);
  });

  it('makes the host wait that adds the same task, and then refuse it', async () => {
    const store = openMemory();
    const project = await given.project(store);
    const request = await given.acceptance(store, project);
    const task = projectTask(project, then.present(request.createTasks[0]).slug);
    let inserting: Promise<void> = Promise.resolve();
    let isOver = false;
    await whileUncommitted(store, request, async () => {
      inserting = store.host.insert({ tasks: [task] }).finally(() => {
        isOver = true;
      });
      inserting.catch(() => undefined);
      await settle();
      expect(isOver).toBe(false);
    });
    await expect(inserting).rejects.toThrow('another task has the same context');
  });
});

describe('a decision in the memory store', () => {
  it('creates no task twice, even if it asks for it or the host brought it meanwhile', async () => {
    const store = openMemory();
    const project = await given.project(store);
    const request = await given.acceptance(store, project);
    const [task] = request.createTasks;
    const theirs = projectTask(project, then.present(task).slug, { status: 'complete' });
    await store.host.insert({ tasks: [theirs] });
    const createTasks = [...request.createTasks, ...request.createTasks];
    expect(await when.save(store, { ...request, createTasks })).toEqual(['ok']);
    const { tasks } = await store.host.read();
    expect(tasks).toHaveLength(request.createTasks.length);
    expect(tasks, 'what was there stays as it was').toContainEqual(theirs);
  });

  it('is stale when the version that it moves is gone, even if it guards no row of it', async () => {
    const store = openMemory();
    const project = await given.project(store);
    const completed = completedDecision(await when.claim(store, await given.build(store, project)));
    await store.host.remove('quotes', project.quoteId);
    await store.host.remove('automationVersions', project.versionId);
    const guard = { ...completed.guard, automationVersionRow: null };
    expect(await then.nothingChanges(store, () => when.save(store, { ...completed, guard }))).toEqual([
      'stale',
    ]);
  });

  it('is stale when a task that it sets is gone, or is of another tenant', async () => {
    const store = openMemory();
    const project = await given.project(store);
    const theirs = await given.project(store, { tenantId: OTHER_TENANT });
    const gone = projectTask(project, 'gone');
    const foreign = projectTask(theirs, 'foreign');
    await store.host.insert({ tasks: [gone, foreign] });
    const request = await given.acceptance(store, project);
    await store.host.remove('tasks', gone.id);
    await then.nothingChanges(store, async () => {
      for (const { id: taskId } of [gone, foreign]) {
        expect(await when.save(store, { ...request, setTasks: [{ taskId, status: 'complete' }] })).toEqual([
          'stale',
        ]);
      }
    });
  });

  it('is refused with a throw where the tables would refuse it or where it contradicts itself', async () => {
    const store = openMemory();
    const request = await given.acceptance(store, await given.project(store));
    const claimed = await when.claim(store, await given.build(store, { name: 'claimed' }));
    const [completed, failed] = [completedDecision(claimed), failedDecision(claimed)];
    const noProject = { ...request.guard, project: null };
    const wrong: readonly (readonly [BuildDecision, string])[] = [
      [
        { ...completed, binding: { ...then.present(completed.binding), workflowUrl: null } },
        'must have a workflow id',
      ],
      [
        { ...failed, binding: { ...then.present(failed.binding), errorReason: null } },
        'must have an error reason',
      ],
      [{ ...request, project: { status: null, checklistProgress: 101 } }, 'from 0 to 100'],
      [{ ...request, guard: { ...request.guard, binding: 'any' } }, 'without guarding it'],
      [{ ...request, guard: noProject }, 'writes the project without naming it'],
      [{ ...request, guard: noProject, project: null }, 'creates tasks without naming their project'],
    ];
    await then.nothingChanges(store, async () => {
      for (const [decision, why] of wrong) await expect(when.save(store, decision)).rejects.toThrow(why);
    });
  });
});
