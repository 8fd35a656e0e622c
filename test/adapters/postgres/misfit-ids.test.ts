import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { stableId } from '../../../src/testing/builders.js';
import { openPostgres } from '../../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../../support/database.js';
import { requestFor, seedProjects, wire } from './support/wire.js';

describeWithPostgres('ids that are no uuids, where the host has uuids', () => {
  let store: Awaited<ReturnType<typeof openPostgres>>;
  beforeAll(async () => {
    store = await openPostgres();
  });
  beforeEach(() => store.clear());
  afterAll(() => store?.close());

  it('refuse the order that names them, each by its path, and change nothing', async () => {
    const [project] = await seedProjects(store.host, 'a');
    if (!project) throw new Error('a project was made');
    const { builds } = wire(store.pool);
    const { bindingId } = (await builds.requestBuild(requestFor(project)))._unsafeUnwrap();
    const before = await store.libraryRows();

    const ofTenant = { tenantId: project.tenantId, userId: 'alice', reason: 'The client waits.' };
    const command = { ...ofTenant, bindingId };
    const workflow = { workflowId: 'wf', workflowUrl: 'https://app.wrk.example/1' };
    const refusals = [
      await builds.assignBuild({ ...command, assigneeId: 'bob' }),
      await builds.assignBuild({ ...command, userId: stableId('ops'), assigneeId: 'bob' }),
      await builds.cancelBuild(command),
      await builds.adoptWorkflow({ ...command, ...workflow }),
      await builds.retryBuild(command),
      await builds.retryBuilds({ ...ofTenant, errorReason: 'wrk_api_error' }),
    ];
    const paths = refusals.map((refused) => {
      const error = refused._unsafeUnwrapErr();
      return error.code === 'invalid_input' ? error.details.findings.map(({ path }) => path) : error.code;
    });
    const user = ['userId'];
    expect(paths).toEqual([['userId', 'assigneeId'], ['assigneeId'], user, user, user, user]);
    expect(await store.libraryRows()).toEqual(before);
  });

  it('refuse the request that names them, and no other of the same moment', async () => {
    const [bad, good] = await seedProjects(store.host, 'bad', 'good');
    if (!bad || !good) throw new Error('two projects were made');
    const { builds } = wire(store.pool);
    const [refused, accepted] = await Promise.all([
      builds.requestBuild({ ...requestFor(bad), userId: 'alice', assigneeId: 'bob' }),
      builds.requestBuild(requestFor(good)),
    ]);
    expect(refused?._unsafeUnwrapErr()).toMatchObject({
      code: 'invalid_input',
      details: { findings: [{ path: 'userId' }, { path: 'assigneeId' }] },
    });
    expect(accepted?.isOk()).toBe(true);
    expect((await store.libraryRows()).bindings).toHaveLength(1);
  });
});
