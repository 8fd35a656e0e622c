import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { openPostgres } from '../contracts/support/postgres-under-test.js';
import { describeWithRedisAndPostgres, type RedisForTests, startRedis } from '../support/redis.js';
import { sized } from '../support/size.js';
import { startTcpProxy } from '../support/tcp-proxy.js';
import { until } from '../support/until.js';
import { BULLMQ_VERSIONS, openBullmq } from './support/bullmq-under-test.js';
import { openEngineHost } from './support/engine-host.js';

const BUILDS = sized(12, 20);
/** Longer than a slow machine needs for an answer: one that is late counts as away. */
const SOON = { waitMs: 1_000, restMs: 100 };

describeWithRedisAndPostgres.each(BULLMQ_VERSIONS)('%s whose Redis is away', (_, classes) => {
  let store: Awaited<ReturnType<typeof openPostgres>>;
  let redis: RedisForTests;
  beforeAll(async () => {
    store = await openPostgres();
    redis = await startRedis();
  });
  beforeEach(async () => {
    await store.clear();
    await redis.flush();
  });
  afterAll(async () => {
    await redis.stop();
    await store.close();
  });

  const open = async () => {
    const proxy = await startTcpProxy(redis.url);
    const host = openEngineHost(store);
    const engine = openBullmq(classes, proxy.url);
    let claimedAgain = 0;
    const process = host.openProcess(
      {
        ...engine,
        receive: async (queue, limit) => {
          const ids = await engine.receive(queue, limit);
          claimedAgain += ids.length;
          return ids;
        },
      },
      SOON,
    );
    onTestFinished(async () => {
      await process.stop();
      await proxy.cut();
    });
    const problems = () =>
      host.events.flatMap((event) =>
        event.type === 'worker_problem' && event.worker === 'listener' ? [event.problem] : [],
      );
    return { proxy, host, process, problems, taken: () => claimedAgain };
  };

  it('takes requests, works them off past the engine, and says so once', async () => {
    const { proxy, host, process, problems, taken } = await open();
    await proxy.cut();
    await host.request(process, BUILDS);
    await process.start().drain();
    expect(await host.whatIsThere()).toEqual(host.whatIsExpected(BUILDS));
    expect(taken()).toBe(0);
    expect(problems()).toHaveLength(1);
    expect(problems()[0]).toMatch(/^The queue engine is unavailable/);
  });

  it.each(['cut', 'hang'] as const)(
    'goes on while it is away in mid-run (%s), and uses it again afterwards',
    async (how) => {
      const { proxy, host, process, problems, taken } = await open();
      await host.request(process, BUILDS);
      const workers = process.start();
      await until(() => host.count('build_completed') >= 5);
      const before = taken();
      expect(before).toBeGreaterThan(0);
      await proxy[how]();
      await workers.drain();
      expect(await host.whatIsThere()).toEqual(host.whatIsExpected(BUILDS));
      expect(problems()).toHaveLength(1);

      if (how === 'hang') await proxy.cut();
      await proxy.fix();
      const again = taken();
      while (taken() === again) {
        await store.clear();
        await host.request(process, 3);
        await workers.drain();
      }
    },
  );

  it('is closed all the same', async () => {
    const { proxy, host, process } = await open();
    await host.request(process, 1);
    await process.start().drain();
    await proxy.cut();
    await process.stop();
    expect(host.count('build_completed')).toBe(1);
  });
});
