import { expect, it } from 'vitest';
import { wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import * as given from '../support/given.js';
import * as when from '../support/when.js';
import { type AnyApp, BY_OPS, describeInEachFamily } from './support/in-each-family.js';

const ONE_CALL = { maxRetries: 0, initialDelayMs: 1, jitter: 0 };

describeInEachFamily('retrying many builds', (open) => {
  /** Builds that failed because WRK did, the first requested first. */
  const failed = async (app: AnyApp, ...names: readonly string[]) => {
    app.fake.script(...names.map(() => wrkBehaviour.answers(503)));
    const builds: given.RequestedBuild[] = [];
    for (const name of names) {
      builds.push(await given.requestedBuild(app, name));
      await when.work(app);
    }
    return builds;
  };
  const commandFor = (builds: Awaited<ReturnType<typeof failed>>) => ({
    tenantId: builds[0]?.tenantId ?? '',
    errorReason: 'wrk_api_error',
    ...BY_OPS,
  });
  const ids = (builds: readonly { readonly bindingId: string }[]) =>
    builds.map(({ bindingId }) => bindingId).toSorted();

  it('goes on behind those that are refused, until none is left', async () => {
    const app = open({ retry: ONE_CALL });
    const builds = await failed(app, '1', '2', '3', '4', '5');
    for (const { versionId } of builds.slice(3))
      await app.store.host.update('automationVersions', versionId, { status: 'Archived' });
    const command = { ...commandFor(builds), limit: 2 };
    const pages: { retried: string[]; refused: string[] }[] = [];
    let cursor: string | undefined;
    do {
      const page = (await app.builds.retryBuilds({ ...command, cursor }))._unsafeUnwrap();
      pages.push({ retried: ids(page.retried), refused: ids(page.refused) });
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(pages).toEqual([
      { retried: [], refused: ids(builds.slice(3)) },
      { retried: ids(builds.slice(1, 3)), refused: [] },
      { retried: ids(builds.slice(0, 1)), refused: [] },
    ]);
  });

  it('makes a decision of its own for each, and a request id unless one is given', async () => {
    const app = open({ retry: ONE_CALL });
    const builds = await failed(app, '1', '2', '3');
    expect((await app.builds.retryBuilds(commandFor(builds)))._unsafeUnwrap().retried).toHaveLength(3);
    const { bindings } = await app.store.libraryRows();
    expect(new Set(bindings.map((row) => row.decision_id)).size).toBe(3);
    expect(new Set(bindings.map((row) => row.request_id)).size).toBe(3);
  });

  it('leaves out a build that has failed for another reason since it was found', async () => {
    let meanwhile = async () => {};
    const app = open({
      retry: ONE_CALL,
      buildViews: ({ findBuilds }) => ({
        findBuilds: async (query) => {
          const found = await findBuilds(query);
          await meanwhile();
          return found;
        },
      }),
    });
    const builds = await failed(app, '1', '2');
    const [first] = builds;
    meanwhile = async () => {
      meanwhile = async () => {};
      await app.builds.retryBuild({
        tenantId: `${first?.tenantId}`,
        bindingId: `${first?.bindingId}`,
        ...BY_OPS,
      });
      app.fake.script(wrkBehaviour.answers(422));
      await when.work(app);
    };
    const { retried, refused } = (await app.builds.retryBuilds(commandFor(builds)))._unsafeUnwrap();
    expect(ids(retried)).toEqual(ids(builds.slice(1)));
    expect(refused).toMatchObject([
      {
        bindingId: first?.bindingId,
        error: { code: 'wrong_error_reason', details: { errorReason: 'blueprint_rejected' } },
      },
    ]);
  });

  it('says for which builds the database failed, and retries them when it is asked again', async () => {
    const broken = new Error('the connection broke');
    let isBroken = false;
    const app = open({
      retry: ONE_CALL,
      repository: ({ loadBuilds }) => ({
        loadBuilds: async (builds, options) => {
          if (isBroken) throw broken;
          return loadBuilds(builds, options);
        },
      }),
    });
    const builds = await failed(app, '1', '2');
    isBroken = true;
    const answer = (await app.builds.retryBuilds(commandFor(builds)))._unsafeUnwrap();
    expect(answer).toMatchObject({ retried: [], refused: [], nextCursor: null });
    expect(ids(answer.failed)).toEqual(ids(builds));
    expect(answer.failed.map(({ problem }) => problem)).toEqual([broken, broken]);
    isBroken = false;
    expect((await app.builds.retryBuilds(commandFor(builds)))._unsafeUnwrap().retried).toHaveLength(2);
  });
});
