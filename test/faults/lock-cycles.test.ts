import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { fromPg } from '../../src/adapters/postgres/index.js';
import { type BuildableProject, buildableProject, projectTask } from '../../src/testing/builders.js';
import * as given from '../../src/testing/contracts/support/given.js';
import * as when from '../../src/testing/contracts/support/when.js';
import { requestFor, wire } from '../adapters/postgres/support/wire.js';
import { openPostgres } from '../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../support/database.js';
import { rowLocks } from './support/row-locks.js';

/** Until after the other has looked for a deadlock: it would find one if this were a wait for its project. */
const WHILE_LOOKED_FOR_MS = 400;

/** What a host does in its own transaction, in the wrong order: it has a task or a quote, and then needs the project. */
describeWithPostgres('A12, a host that locks rows in another order', () => {
  let store: Awaited<ReturnType<typeof openPostgres>>;
  let locks: ReturnType<typeof rowLocks>;
  let project: BuildableProject;
  beforeAll(async () => {
    store = await openPostgres();
    locks = rowLocks(store.pool);
  });
  beforeEach(async () => {
    await store.clear();
    project = buildableProject({ versions: 2 });
    await store.host.insert(project.rows);
    await store.host.insert({ tasks: [projectTask(project, 'by-hand'), projectTask(project, 'other')] });
  });
  afterAll(() => store.close());

  /** A transaction of the host's, which looks for a deadlock once it has waited for so long. */
  const begin = async (deadlockTimeout: string) => {
    const host = await locks.openSession();
    await host.query(`set local deadlock_timeout = '${deadlockTimeout}'`);
    return host;
  };
  const completeTask = "update tasks set status = 'complete' where template_slug = 'by-hand'";
  const progress = async () => (await store.host.read()).projects[0]?.checklistProgress;
  const record = (host: Awaited<ReturnType<typeof begin>>, lockWaitMs: number) => {
    const { tenantId, projectId } = project;
    const { builds } = wire(store.pool, { lockWaitMs });
    return builds.recordChecklistChange({ tenantId, projectId }, { tx: fromPg(host) });
  };

  it('row 55: completes a task and records it, while a decision waits for the task', async () => {
    const build = await given.build(store, project);
    const host = await begin('10ms');
    await host.query(completeTask);
    const waiting = store.repository.loadBuilds([build], when.PATIENT);
    await locks.somebodyWaits();
    const recorded = await record(host, when.LONG_MS);
    expect(recorded._unsafeUnwrap().checklistProgress).toBeGreaterThan(0);
    await host.query('commit');
    expect(await waiting).toHaveLength(1);
    expect(await progress()).toBe(recorded._unsafeUnwrap().checklistProgress);
  });

  it('row 55: completes a task and writes the project itself, while a decision waits for the task', async () => {
    const build = await given.build(store, project);
    const host = await begin('10ms');
    await host.query(completeTask);
    const waiting = store.repository.loadBuilds([build], when.PATIENT);
    await locks.somebodyWaits();
    await host.query("update projects set name = 'Renamed'");
    await host.query('commit');
    expect(await waiting).toHaveLength(1);
  });

  it('row 55: completes a task and records it, while another has the project and wants the task: it is told to try again, and both go on', async () => {
    const [ordered, hasty] = [await begin('200ms'), await begin('1h')];
    await ordered.query('select from projects for update');
    await hasty.query(completeTask);
    const closing = ordered.query("update tasks set title = 'Renamed'");
    await locks.somebodyWaits();
    expect((await record(hasty, WHILE_LOOKED_FOR_MS))._unsafeUnwrapErr().code).toBe('concurrency_conflict');
    await hasty.query('commit');
    await closing;
    await ordered.query('commit');
    const { tasks } = await store.host.read();
    expect(tasks.map(({ title }) => title)).toEqual(['Renamed', 'Renamed']);
    expect(tasks.map(({ status }) => status).toSorted()).toEqual(['complete', 'pending']);
  });

  it('row 55: writes a quote and requests a build, while another has the project and wants the quote: it is told to try again, and both go on', async () => {
    const [ordered, hasty] = [await begin('200ms'), await begin('1h')];
    await ordered.query('select from projects for update');
    await hasty.query('update quotes set expires_at = null');
    const closing = ordered.query('update quotes set expires_at = null');
    await locks.somebodyWaits();
    const { builds } = wire(store.pool, { lockWaitMs: WHILE_LOOKED_FOR_MS });
    const requested = await builds.requestBuild(requestFor(project), { tx: fromPg(hasty) });
    expect(requested._unsafeUnwrapErr().code).toBe('concurrency_conflict');
    await hasty.query('commit');
    await closing;
    await ordered.query('commit');
  });
});
