import { expect, it } from 'vitest';
import { buildableProject, stableId } from '../../src/testing/builders.js';
import { wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import * as given from '../support/given.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';
import { BY_OPS, describeInEachFamily } from './support/in-each-family.js';

describeInEachFamily('orchestration as a function of the build', (open) => {
  it('moves one client to the workers, and leaves the other to people', async () => {
    const trusted = stableId('tenant', 'trusted');
    const app = open({ orchestration: ({ tenantId }) => (tenantId === trusted ? 'automatic' : 'manual') });
    const request = async (tenant: string) => {
      const { rows, tenantId, versionId } = buildableProject({
        tenantId: stableId('tenant', tenant),
        name: `project of ${tenant}`,
      });
      await app.store.host.insert(rows);
      const asked = { tenantId, automationVersionId: versionId, trigger: 'auto_build' as const };
      return (await app.builds.requestBuild(asked))._unsafeUnwrap().bindingId;
    };
    const byWorkers = await request('trusted');
    const byPeople = await request('other');
    await when.work(app);
    expect(await then.binding(app, byWorkers)).toMatchObject({
      status: 'active',
      orchestration: 'automatic',
    });
    expect(await then.binding(app, byPeople)).toMatchObject({ status: 'pending', orchestration: 'manual' });
    expect(then.workflows(app)).toEqual({ [byWorkers]: 1 });
  });

  it('is chosen at the request and stored: a retry keeps it, and a new request is chosen for again', async () => {
    let choice: 'automatic' | 'manual' = 'automatic';
    const app = open({ orchestration: () => choice });
    app.fake.script(wrkBehaviour.answers(422), wrkBehaviour.answers(422));
    const { tenantId, bindingId, versionId } = await given.requestedBuild(app);
    choice = 'manual';
    await when.work(app);
    expect(app.fake.calls()).toHaveLength(1);
    (await app.builds.retryBuild({ tenantId, bindingId, ...BY_OPS }))._unsafeUnwrap();
    await when.work(app);
    expect(app.fake.calls(), 'the retry is of the workers too').toHaveLength(2);

    (await app.builds.cancelBuild({ tenantId, bindingId, ...BY_OPS }))._unsafeUnwrap();
    const asked = { tenantId, automationVersionId: versionId, trigger: 'auto_build' as const };
    (await app.builds.requestBuild(asked))._unsafeUnwrap();
    expect(await then.binding(app, bindingId)).toMatchObject({ status: 'pending', orchestration: 'manual' });
    expect((await app.builds.stats()).buildRequests.waiting, 'no worker is woken').toBe(0);
  });

  it('is not asked about a request that is refused', async () => {
    const asked: unknown[] = [];
    const app = open({
      orchestration: (build) => {
        asked.push(build);
        return 'automatic';
      },
    });
    const { rows, tenantId, versionId, quoteId } = buildableProject({ name: 'project' });
    await app.store.host.insert(rows);
    await app.store.host.update('quotes', quoteId, { status: 'sent' });
    const request = { tenantId, automationVersionId: versionId, trigger: 'auto_build' as const };
    expect((await app.builds.requestBuild(request)).isErr()).toBe(true);
    expect(asked).toEqual([]);
  });
});
