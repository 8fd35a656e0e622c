import { ok } from 'neverthrow';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { memoryStorage } from '../../../src/adapters/memory/index.js';
import { NOTIFICATIONS, type OutgoingMessage } from '../../../src/core/build/messages.js';
import { outbox } from '../../../src/outbox/outbox.js';
import type { Engine } from '../../../src/ports/engine.js';
import { outgoingNotification } from '../../../src/testing/builders.js';

/** One way in which an engine loses, keeps or repeats a part of what it holds. */
export interface Loss<Server> {
  readonly name: string;
  readonly harm: (server: Server, engine: Engine) => Promise<unknown>;
  /** What ops are told, once; by default that messages were lost. `null`: nothing is lost. */
  readonly told?: RegExp | null;
}

/** An engine and the server that it keeps its data on. */
export interface LossyEngine<Server> {
  readonly engine: Engine;
  readonly server: Server;
  /** Makes the server as new. */
  readonly heal: () => Promise<unknown>;
  readonly close: () => Promise<void>;
}

const AGAIN_AFTER_MS = 5_000;
const LEASE = { limit: 10, leaseMs: 3_600_000 };

/** Registers one test for each loss. The storage is in memory on a clock of the test's, so that nothing is waited for. */
export function lossSuite<Server>(
  name: string,
  open: () => Promise<LossyEngine<Server>>,
  losses: readonly Loss<Server>[],
): void {
  describe(`A9 ${name} that loses, keeps or repeats a part`, () => {
    let lossy: LossyEngine<Server>;
    beforeAll(async () => {
      lossy = await open();
    });
    afterAll(() => lossy.close());

    it.each(losses)('$name: costs time, never a message, and is told once', async ({ harm, told }) => {
      onTestFinished(async () => void (await lossy.heal()));
      let now = Date.parse('2030-01-01T00:00:00.000Z');
      const memory = memoryStorage({ now: () => now });
      // Nobody is to be woken, which would take connections of its own.
      const { listen: _, ...engine } = lossy.engine;
      const { queue, queueListener } = outbox(engine, memory, { againAfterMs: AGAIN_AFTER_MS });
      const problems: string[] = [];
      const listening = queueListener.listen({
        wake: () => {},
        onProblem: (problem) => problems.push(String(problem)),
      });
      onTestFinished(listening.stop);
      const enqueue = (keys: readonly string[], delayMs = 0) =>
        memory.repository.transaction(async (tx) => {
          await queue.enqueue(
            tx,
            keys.map((key) => outgoingNotification(key, { delayMs })),
          );
          return ok(undefined);
        });
      const claimed: string[] = [];
      const claim = async (limit: number) => {
        for (const { body } of await queue.claim(NOTIFICATIONS, { ...LEASE, limit }))
          claimed.push((body as OutgoingMessage['body']).requestId);
      };

      const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
      await enqueue(keys.slice(0, 6));
      await enqueue(keys.slice(6), 2 * AGAIN_AFTER_MS);
      await claim(1);
      expect(claimed).toHaveLength(1);
      await harm(lossy.server, lossy.engine);
      for (let spell = 0; spell < 7; spell += 1) {
        await claim(LEASE.limit);
        now += AGAIN_AFTER_MS + 1;
      }
      expect(claimed.toSorted()).toEqual(keys);
      if (told === null) expect(problems).toEqual([]);
      else {
        expect(problems).toHaveLength(1);
        expect(problems[0]).toMatch(told ?? /was given \d messages? of notifications twice/);
      }

      await lossy.heal();
      await enqueue(['afterwards']);
      for (let spell = 0; spell < 4; spell += 1) {
        await claim(1);
        now += AGAIN_AFTER_MS + 1;
      }
      expect(claimed.slice(keys.length)).toEqual(['afterwards']);
    });
  });
}
