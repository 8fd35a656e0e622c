import { ok } from 'neverthrow';
import { expect, it } from 'vitest';
import { memoryEngine, memoryStorage } from '../../src/adapters/memory/index.js';
import { NOTIFICATIONS, type OutgoingMessage } from '../../src/core/build/messages.js';
import { outboxOn } from '../../src/outbox/outbox.js';
import type { Engine } from '../../src/ports/engine.js';
import { outgoingNotification } from '../../src/testing/builders.js';
import { fakeRuntime } from '../support/fake-runtime.js';

const AGAIN_AFTER_MS = 5_000;

/** A storage behind an engine that is not what it should be, with the time in the test's hands. */
function open(change: (engine: Engine) => Partial<Engine>) {
  const time = fakeRuntime();
  const clock = { now: time.wallClockMs };
  const memory = memoryStorage(clock);
  const inner = memoryEngine(clock);
  const given: string[] = [];
  const engine: Engine = {
    ...inner,
    add: async (queue, wakeUps) => {
      given.push(...wakeUps.map(({ id }) => id));
      await inner.add(queue, wakeUps);
    },
    ...change(inner),
  };
  const { queue, queueListener } = outboxOn(time, engine, memory, { againAfterMs: AGAIN_AFTER_MS });
  const problems: string[] = [];
  queueListener.listen({ wake: () => {}, onProblem: (problem) => problems.push(String(problem)) });
  return {
    time,
    given,
    problems,
    enqueue: (...keys: readonly string[]) =>
      memory.repository.transaction(async (tx) => {
        await queue.enqueue(
          tx,
          keys.map((key) => outgoingNotification(key)),
        );
        return ok(undefined);
      }),
    claim: async (limit = 10) => {
      const claim = queue.claim(NOTIFICATIONS, { limit, leaseMs: 3_600_000 });
      return (await time.finish(claim)).map(({ body }) => (body as OutgoingMessage['body']).requestId);
    },
  };
}

const bringsNothing = () => ({ receive: async () => [] });

it('row 53: A9 what an engine was given twice and did not bring is claimed without it, and that is told once', async () => {
  const { time, enqueue, claim, given, problems } = open(bringsNothing);
  for (const round of ['first', 'second', 'third']) {
    await enqueue(`${round} a`, `${round} b`, `${round} c`);
    for (let handOvers = 0; handOvers < 2; handOvers += 1) {
      expect(await claim()).toEqual([]);
      await time.advance(AGAIN_AFTER_MS + 1);
    }
    expect(await claim(2)).toHaveLength(2);
    expect(await claim(2), 'and the rest at once').toHaveLength(1);
  }
  expect(given).toHaveLength(18);
  expect(problems).toEqual([
    'Error: The queue engine was given 3 messages of notifications twice and did not bring them. They are claimed from the database directly. Check whether it evicts or loses data, and its stalled jobs.',
  ]);
});

it('row 53: A9 an engine that has lost nothing for ten minutes is told of anew', async () => {
  const { time, enqueue, claim, problems } = open(bringsNothing);
  for (const key of ['a', 'b']) {
    await enqueue(key);
    for (let handOvers = 0; handOvers < 2; handOvers += 1) {
      await claim();
      await time.advance(AGAIN_AFTER_MS + 1);
    }
    expect(await claim()).toEqual([key]);
    await time.advance(600_001);
  }
  expect(problems).toHaveLength(2);
});

it('row 53: A9 a queue that somebody has paused is not gone past, and is given nothing more', async () => {
  let isPaused = true;
  const { time, enqueue, claim, given, problems } = open((inner) => ({
    receive: (queue, limit) => (isPaused ? Promise.resolve([]) : inner.receive(queue, limit)),
    isPaused: async () => isPaused,
  }));
  await enqueue('a', 'b');
  for (let polls = 0; polls < 10; polls += 1) {
    expect(await claim()).toEqual([]);
    await time.advance(AGAIN_AFTER_MS + 1);
  }
  expect(given).toHaveLength(4);
  expect(problems).toEqual([]);
  isPaused = false;
  expect((await claim()).toSorted()).toEqual(['a', 'b']);
});

it.each([
  ['the same wake-up', () => 'same'],
  ['a message that is done long ago', () => '1'],
  ['a new wake-up for nothing', (count: number) => `nothing ${count}`],
])(
  'row 53: A9 an engine that brings %s for ever is left alone, and what is due is claimed',
  async (_, next) => {
    let count = 0;
    const { enqueue, claim, problems } = open(() => ({
      receive: async (_queue, limit) =>
        Array.from({ length: limit }, () => {
          count += 1;
          return next(count);
        }),
    }));
    await enqueue('a', 'b');
    expect((await claim()).toSorted()).toEqual(['a', 'b']);
    await enqueue('c');
    const before = count;
    expect(await claim()).toEqual(['c']);
    expect(count, 'it is not asked again').toBe(before);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/It brought \d+ wake-ups in a row that lead to no message/);
  },
);

it('row 53: A11 claims do not wait for an engine that answers late, and ops are told once', async () => {
  const { time, enqueue, claim, problems } = open((inner) => ({
    receive: async (queue, limit) => {
      await new Promise<void>((resolve) => void time.setTimer(2_500, resolve));
      return inner.receive(queue, limit);
    },
  }));
  let waited = 0;
  const until = time.monotonicMs() + 120_000;
  for (let builds = 0; time.monotonicMs() < until; builds += 1) {
    await enqueue(`${builds}`);
    const since = time.monotonicMs();
    expect(await claim()).toEqual([`${builds}`]);
    waited += time.monotonicMs() - since;
    await time.advance(1_000);
  }
  // The first 2 s, and then a tenth of a second after 5, 10, 20 and 40 s.
  expect(waited).toBeLessThanOrEqual(2_400);
  expect(problems).toHaveLength(1);
});

it.each([
  ['says what is wrong', async () => 'Set it to noeviction.', ['Error: Set it to noeviction.']],
  ['finds nothing wrong', async () => null, []],
])(
  'row 53: A9 the set-up of an engine is checked once when workers start: one that %s',
  async (_, findMistake, told) => {
    const { time, enqueue, claim, problems } = open(() => ({ findMistake }));
    await time.advance(1);
    await enqueue('a');
    await claim();
    expect(problems).toEqual(told);
  },
);
