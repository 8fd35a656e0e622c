import { expect, it } from 'vitest';
import { wrkBehaviour } from '../../src/testing/wrk/fake-wrk-behaviour.js';
import * as given from '../support/given.js';
import { until } from '../support/until.js';
import { openInMemory } from './support/in-each-family.js';

it('B3 a list has the newest call of each build, and one build pages through all of them', async () => {
  const calls = 120;
  const app = openInMemory({
    retry: { maxRetries: calls - 1, initialDelayMs: 0, jitter: 0 },
    circuitBreaker: { failureThreshold: 1_000 },
  });
  app.fake.script(...Array.from({ length: calls }, () => wrkBehaviour.answers(503)));
  const { tenantId, bindingId } = await given.requestedBuild(app);
  const workers = app.builds.startWorkers({ pollIntervalMs: 1 });
  await until(() => app.fake.calls().length === calls);
  await workers.stop();

  const [listed] = (await app.builds.listBuilds({ tenantId }))._unsafeUnwrap().builds;
  expect(listed?.calls.map(({ number }) => number)).toEqual([calls]);
  expect(listed?.callsInAll).toBe(calls);

  const pages: (readonly number[])[] = [];
  let callsCursor: string | undefined;
  do {
    const build = (await app.builds.getBuild({ tenantId, bindingId, callsCursor }))._unsafeUnwrap();
    expect(build.callsInAll).toBe(calls);
    pages.push(build.calls.map(({ number }) => number));
    callsCursor = build.nextCallsCursor ?? undefined;
  } while (callsCursor !== undefined);
  expect(pages.map((page) => [page.at(0), page.at(-1)])).toEqual([
    [71, 120],
    [21, 70],
    [1, 20],
  ]);

  const refused = await app.builds.getBuild({ tenantId, bindingId, callsCursor: 'anything' });
  expect(refused._unsafeUnwrapErr()).toMatchObject({
    code: 'invalid_input',
    details: { findings: [{ path: 'callsCursor' }] },
  });
});
