import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BUILD_REQUESTS, NOTIFICATIONS, type QueueName } from '../../core/build/messages.js';
import type { Engine } from '../../ports/engine.js';

/** One engine for a contract suite. */
export interface EngineHarness {
  /** Opens the engine as a process of its own would; called several times, they share what is in it. */
  readonly open: () => Engine;
  /** Lets so many milliseconds pass on the engine's clock: a real wait, or a turn of an injected clock. */
  readonly passTime: (ms: number) => Promise<void>;
  /** Loses everything that is in it, as a flush does. */
  readonly flush: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** How the suite gets its engine. */
export interface EngineUnderTest {
  /** Named in the test titles. */
  readonly name: string;
  readonly open: () => Promise<EngineHarness>;
}

/** A delay that is over after {@link LATER_MS}; nothing may depend on getting anything done within it. */
const SOON_MS = 40;
const LATER_MS = 2 * SOON_MS;
const LONG_MS = 60_000;

const now = (...ids: readonly string[]) => ids.map((id) => ({ id, delayMs: 0 }));

/** Registers the tests that every `Engine` must pass, with vitest. Call it at the top level of a test file. */
export function engineContract(underTest: EngineUnderTest): void {
  describe(`${underTest.name} keeps the engine contract`, () => {
    let harness: EngineHarness;
    let opened: Engine[] = [];
    const open = () => {
      const engine = harness.open();
      opened.push(engine);
      return engine;
    };
    beforeAll(async () => {
      harness = await underTest.open();
    });
    beforeEach(async () => {
      await Promise.all(opened.map((engine) => engine.close()));
      opened = [];
      await harness.flush();
    });
    afterAll(async () => {
      await Promise.all(opened.map((engine) => engine.close()));
      await harness.close();
    });

    /** Takes until something came, or often enough: what is due may take a moment to be seen. */
    const claimSome = async (engine: Engine, limit = 10, queue: QueueName = NOTIFICATIONS) => {
      for (let looks = 0; looks < 50; looks += 1) {
        const ids = await engine.receive(queue, limit);
        if (ids.length > 0) return ids;
        await harness.passTime(10);
      }
      return [];
    };

    it('what is added comes out once, in order, however it was added and is taken', async () => {
      const engine = open();
      await engine.add(NOTIFICATIONS, now('9', 'b', '2f0c'));
      await engine.add(NOTIFICATIONS, now('a', '10'));
      await engine.add(NOTIFICATIONS, []);
      expect(await engine.receive(NOTIFICATIONS, 2)).toEqual(['9', 'b']);
      expect(await engine.receive(NOTIFICATIONS, 10)).toEqual(['2f0c', 'a', '10']);
      expect(await engine.receive(NOTIFICATIONS, 10)).toEqual([]);
    });

    it('a hundred that are added at once keep their order', async () => {
      const engine = open();
      const ids = Array.from({ length: 100 }, (_, index) => String(index));
      await engine.add(NOTIFICATIONS, now(...ids));
      expect([
        ...(await engine.receive(NOTIFICATIONS, 64)),
        ...(await engine.receive(NOTIFICATIONS, 64)),
      ]).toEqual(ids);
    });

    it('queues know nothing of each other', async () => {
      const engine = open();
      await engine.add(NOTIFICATIONS, now('1'));
      await engine.add(BUILD_REQUESTS, now('1', '2'));
      expect(await engine.receive(NOTIFICATIONS, 10)).toEqual(['1']);
      expect(await engine.receive(BUILD_REQUESTS, 10)).toEqual(['1', '2']);
    });

    it('one with a delay comes when that is over, and not before', async () => {
      const engine = open();
      await engine.add(NOTIFICATIONS, [
        { id: 'later', delayMs: LONG_MS },
        { id: 'soon', delayMs: SOON_MS },
        { id: 'now', delayMs: 0 },
      ]);
      expect(await claimSome(engine, 1)).toEqual(['now']);
      await harness.passTime(LATER_MS);
      expect(await claimSome(engine)).toEqual(['soon']);
      expect(await engine.receive(NOTIFICATIONS, 10)).toEqual([]);
    });

    it('one that was taken is added again like any other', async () => {
      const engine = open();
      await engine.add(NOTIFICATIONS, now('1', '2'));
      expect(await engine.receive(NOTIFICATIONS, 1)).toEqual(['1']);
      await engine.add(NOTIFICATIONS, now('1'));
      expect(await engine.receive(NOTIFICATIONS, 10)).toEqual(['2', '1']);
    });

    it('one that waits for later comes earlier when it is added for earlier', async () => {
      const engine = open();
      await engine.add(NOTIFICATIONS, [
        { id: 'now', delayMs: LONG_MS },
        { id: 'soon', delayMs: LONG_MS },
      ]);
      await engine.add(NOTIFICATIONS, [
        { id: 'now', delayMs: 0 },
        { id: 'soon', delayMs: SOON_MS },
      ]);
      expect(await engine.receive(NOTIFICATIONS, 1)).toEqual(['now']);
      await harness.passTime(LATER_MS);
      expect(await claimSome(engine)).toEqual(['soon']);
    });

    it('of several that take at once each id goes to one, in this process or in another', async () => {
      const engines = [open(), open(), open()];
      const ids = Array.from({ length: 60 }, (_, index) => `id ${index}`);
      await engines[0]?.add(NOTIFICATIONS, now(...ids));
      const takes = [...engines, ...engines].map((engine) => engine.receive(NOTIFICATIONS, 7));
      const taken = (await Promise.all(takes)).flat();
      expect(taken).toHaveLength(42);
      const [engine] = engines;
      const left = engine ? await engine.receive(NOTIFICATIONS, 60) : [];
      expect([...taken, ...left].toSorted()).toEqual(ids.toSorted());
    });

    it('what was added is there when the process that added it has gone', async () => {
      const gone = open();
      await gone.add(NOTIFICATIONS, now('1'));
      await gone.close();
      expect(await claimSome(open())).toEqual(['1']);
    });

    it('goes on as before after everything in it was lost', async () => {
      const engine = open();
      await engine.add(NOTIFICATIONS, now('1', '2'));
      expect(await engine.receive(NOTIFICATIONS, 1)).toEqual(['1']);
      await harness.flush();
      expect(await engine.receive(NOTIFICATIONS, 10)).toEqual([]);
      await engine.add(NOTIFICATIONS, now('2', '3'));
      expect(await engine.receive(NOTIFICATIONS, 10)).toEqual(['2', '3']);
    });

    it('wakes whoever listens, where it can, until they stop', async () => {
      const engine = open();
      const heard: QueueName[] = [];
      let told = () => {};
      const listening = engine.listen?.({
        wake: (queue) => {
          heard.push(queue);
          told();
        },
      });
      if (!listening) return;
      const adder = open();
      // It may take a moment until it listens, and what was added before is not heard.
      for (let count = 0; !heard.includes(BUILD_REQUESTS) && count < 500; count += 1) {
        const woken = new Promise<void>((resolve) => {
          told = resolve;
        });
        await adder.add(BUILD_REQUESTS, now(`id ${count}`));
        await Promise.race([woken, new Promise((resolve) => setTimeout(resolve, 20))]);
      }
      expect(new Set(heard)).toEqual(new Set([BUILD_REQUESTS]));
      await listening.stop();
      heard.length = 0;
      await adder.add(NOTIFICATIONS, now('unresolved'));
      expect(await claimSome(engine)).toEqual(['unresolved']);
      expect(heard).toEqual([]);
    });

    it('is closed more than once without harm', async () => {
      const engine = open();
      await engine.add(NOTIFICATIONS, now('1'));
      await Promise.all([engine.close(), engine.close()]);
      await engine.close();
    });
  });
}
