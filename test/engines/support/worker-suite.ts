import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { NOTIFICATIONS, type QueueName } from '../../../src/core/build/messages.js';
import type { Engine } from '../../../src/ports/engine.js';
import type { EngineHarness, EngineUnderTest } from '../../../src/testing/contracts/engine.js';
import { wrkBehaviour } from '../../../src/testing/wrk/fake-wrk-behaviour.js';
import { openPostgres } from '../../contracts/support/postgres-under-test.js';
import { until } from '../../support/until.js';
import { AGAIN_AFTER_MS, type EngineProcess, openEngineHost } from './engine-host.js';

const BUILDS = 24;

/** What is handed over to the engine, however often. A wake-up that is rescheduled for a busy row comes with a delay. */
function countingAdds(engine: Engine) {
  const added: string[] = [];
  const counted: Engine = {
    ...engine,
    add: async (queue, wakeUps) => {
      added.push(...wakeUps.flatMap(({ id, delayMs }) => (delayMs === 0 ? [id] : [])));
      await engine.add(queue, wakeUps);
    },
  };
  return { added, counted };
}

/** Registers the tests of workers behind an engine, over a real Postgres. */
export function workerSuite(underTest: EngineUnderTest): void {
  describe(`Workers behind ${underTest.name}`, () => {
    let store: Awaited<ReturnType<typeof openPostgres>>;
    let harness: EngineHarness;
    beforeAll(async () => {
      store = await openPostgres();
      harness = await underTest.open();
    });
    beforeEach(async () => {
      await store.clear();
      await harness.flush();
    });
    afterAll(async () => {
      await harness.close();
      await store.close();
    });

    const openHost = () => {
      const host = openEngineHost(store);
      return {
        ...host,
        openProcess: (...[engine = harness.open(), options]: Partial<Parameters<typeof host.openProcess>>) =>
          stopped(host.openProcess(engine, options)),
        openWithoutEngine: () => stopped(host.openWithoutEngine()),
      };
    };
    const stopped = (opened: EngineProcess) => {
      onTestFinished(opened.stop);
      return opened;
    };

    it('each build becomes active once and everybody is told, with two processes that relay at once', async () => {
      const host = openHost();
      const counts = [countingAdds(harness.open()), countingAdds(harness.open())];
      const processes = counts.map(({ counted }) => host.openProcess(counted, { againAfterMs: 60_000 }));
      const [first, second] = processes;
      if (!first || !second) throw new Error('there are two');
      await host.request(first, BUILDS);
      await Promise.all([first.start().drain(), second.start().drain()]);
      expect(await host.whatIsThere()).toEqual(host.whatIsExpected(BUILDS));
      const added = counts.flatMap((each) => each.added);
      expect(added.length, 'all of it went by way of the engine').toBeGreaterThan(BUILDS);
      expect(new Set(added).size, 'and nothing was given to it twice').toBe(added.length);
    });

    it('an engine that loses everything in mid-run loses no build and no notification', async () => {
      const host = openHost();
      const engine = harness.open();
      let firstAdds = 0;
      const losing: Engine = {
        ...engine,
        add: async (queue, wakeUps) => {
          await engine.add(queue, wakeUps);
          // Nobody else takes anything yet: what was added is lost for certain.
          firstAdds += 1;
          if (firstAdds === 1) await harness.flush();
        },
      };
      const counts = [countingAdds(losing), countingAdds(harness.open())];
      const [first, second] = counts.map(({ counted }) => host.openProcess(counted));
      if (!first || !second) throw new Error('there are two');
      const flushAt = new Map([
        ['build_claimed', [4, 12]],
        ['notification_sent', [10, 60]],
      ]);
      const flushes: Promise<void>[] = [];
      host.hear(({ type }) => {
        if (flushAt.get(type)?.includes(host.count(type))) flushes.push(harness.flush());
      });
      await host.request(first, BUILDS);
      const workers = first.start();
      await until(() => host.count('build_claimed') > 0);
      await Promise.all([workers.drain(), second.start().drain()]);
      await Promise.all(flushes);
      expect(flushes).toHaveLength(4);
      expect(await host.whatIsThere()).toEqual(host.whatIsExpected(BUILDS));
      const added = counts.flatMap((each) => each.added);
      expect(added.length, 'what was lost was given to it again').toBeGreaterThan(new Set(added).size);
    });

    it('what a process had handed over when it died, before the engine had it, is handed over again', async () => {
      const host = openHost();
      const process = host.openProcess();
      await host.request(process, BUILDS);
      const lost = await Promise.all(
        (['build-requests', NOTIFICATIONS] as const).map((queue: QueueName) =>
          store.outbox.handOver(queue, { window: 1_000, againAfterMs: AGAIN_AFTER_MS }),
        ),
      );
      expect(lost.flatMap(({ wakeUps }) => wakeUps).length).toBeGreaterThan(BUILDS);
      await process.start().drain();
      expect(await host.whatIsThere()).toEqual(host.whatIsExpected(BUILDS));
    });

    it('a process without the engine works along on the same tables', async () => {
      const host = openHost();
      const [through, past] = [host.openProcess(), host.openWithoutEngine()];
      await host.request(through, BUILDS);
      const [one, other] = [through.start(), past.start()];
      await Promise.all([one.drain(), other.drain()]);
      expect(await host.whatIsThere()).toEqual(host.whatIsExpected(BUILDS));
    });

    it('a build that WRK is asked for again waits its time, and becomes active', async () => {
      const host = openHost();
      const process = host.openProcess();
      host.fake.script(wrkBehaviour.answers(503), wrkBehaviour.answers(503));
      await host.request(process, 1);
      await process.start().drain();
      expect(await host.whatIsThere()).toEqual({ ...host.whatIsExpected(1), calls: 3 });
    });
  });
}
