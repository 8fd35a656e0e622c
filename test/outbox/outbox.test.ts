import { ok } from 'neverthrow';
import { expect, it } from 'vitest';
import { memoryEngine, memoryStorage } from '../../src/adapters/memory/index.js';
import type { OutgoingMessage } from '../../src/core/build/messages.js';
import { BUILD_REQUESTS, NOTIFICATIONS, type QueueName } from '../../src/core/build/messages.js';
import { type OutboxOptions, outbox } from '../../src/outbox/outbox.js';
import type { Engine } from '../../src/ports/engine.js';
import { outgoingNotification } from '../../src/testing/builders.js';

const LEASE = { limit: 10, leaseMs: 60_000 };

function open(options: OutboxOptions = {}, change: (engine: Engine) => Partial<Engine> = () => ({})) {
  let now = 1_000_000;
  const clock = { now: () => now };
  const memory = memoryStorage(clock);
  const inner = memoryEngine(clock);
  const added: string[] = [];
  const engine: Engine = {
    ...inner,
    add: async (queue, wakeUps) => {
      added.push(...wakeUps.map(({ id }) => id));
      await inner.add(queue, wakeUps);
    },
  };
  const { queue, queueListener, close } = outbox({ ...engine, ...change(engine) }, memory, options);
  const claimKeys = async (limit = LEASE.limit) => {
    const messages = await queue.claim(NOTIFICATIONS, { ...LEASE, limit });
    return messages.map(({ body }) => (body as OutgoingMessage['body']).requestId);
  };
  return {
    memory,
    inner,
    queue,
    queueListener,
    close,
    added,
    claimKeys,
    passTime: (ms: number) => {
      now += ms;
    },
    enqueue: async (...keys: readonly string[]) => {
      await memory.repository.transaction(async (tx) => {
        await queue.enqueue(
          tx,
          keys.map((key) => outgoingNotification(key)),
        );
        return ok(undefined);
      });
    },
    waiting: async () => (await queue.stats(NOTIFICATIONS)).waiting,
  };
}

const refuse = async () => {
  throw new Error('refused');
};

it('no more is given to the engine than the window allows, and the rest follows', async () => {
  const { enqueue, claimKeys, added } = open({ window: 3 });
  await enqueue('a', 'b', 'c', 'd', 'e');
  expect(await claimKeys(1)).toHaveLength(1);
  expect(added).toHaveLength(3);
  expect(await claimKeys(2)).toHaveLength(2);
  expect(added).toHaveLength(3);
  expect(await claimKeys(10)).toHaveLength(2);
  expect(new Set(added).size).toBe(5);
});

it('what the engine lost comes again after its time, and not before', async () => {
  const { enqueue, claimKeys, inner, passTime } = open({ againAfterMs: 1_000 });
  await enqueue('a', 'b', 'c');
  expect(await claimKeys(1)).toHaveLength(1);
  inner.flush();
  expect(await claimKeys()).toEqual([]);
  passTime(1_001);
  expect(await claimKeys()).toHaveLength(2);
});

it('what was settled past the engine keeps nothing else from coming', async () => {
  const { enqueue, claimKeys, memory } = open();
  const keys = Array.from({ length: 30 }, (_, index) => `key ${index}`);
  await enqueue(...keys);
  await claimKeys(1);
  await memory.queue.acknowledge(await memory.queue.claim(NOTIFICATIONS, { limit: 29, leaseMs: 1 }));
  await enqueue('new');
  expect(await claimKeys(2)).toEqual(['new']);
});

it.each([
  ['refuses to give', () => ({ receive: refuse })],
  ['never gives', () => ({ receive: () => new Promise<never>(() => {}) })],
  ['refuses to take in', () => ({ add: refuse })],
])('an engine that %s is gone past, and whoever listens is told once', async (_, change) => {
  const { enqueue, claimKeys, queueListener } = open({ waitMs: 20, restMs: 60_000 }, change);
  const problems: unknown[] = [];
  const listening = queueListener.listen({ wake: () => {}, onProblem: (problem) => problems.push(problem) });
  await enqueue('a', 'b');
  expect(await claimKeys(1)).toHaveLength(1);
  expect(await claimKeys()).toHaveLength(1);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatchObject({
    message: expect.stringMatching(/^The queue engine is unavailable, .* Check that it is running/),
  });
  await listening.stop();
});

it('what came from an engine that then goes away is not left lying about', async () => {
  let isAway = false;
  const { enqueue, claimKeys, passTime } = open({ restMs: 60_000 }, ({ add, receive }) => ({
    receive: (queue, limit) => receive(queue, limit),
    add: (queue, wakeUps) => (isAway ? refuse() : add(queue, wakeUps)),
  }));
  await enqueue('a', 'b');
  await claimKeys(1);
  await enqueue('c');
  isAway = true;
  expect(await claimKeys(5), 'the one that the engine had').toEqual(['b']);
  expect(await claimKeys(5), 'past it').toEqual(['c']);
  passTime(1);
});

it('a message that is being changed for long is rescheduled into the engine, and comes later', async () => {
  const { enqueue, claimKeys, memory, queue, added, passTime } = open();
  await enqueue('a', 'b');
  await claimKeys(1);
  const [id] = added.slice(1);
  await memory.repository.transaction(async (tx) => {
    await queue.enqueue(tx, [outgoingNotification('b', { priority: 1 })]);
    expect(await claimKeys()).toEqual([]);
    return ok(undefined);
  });
  expect(added.slice(2)).toEqual([id]);
  passTime(1_000);
  expect(await claimKeys()).toEqual(['b']);
});

it('wakes those who listen: at the beginning, and when something is given to the engine', async () => {
  const { enqueue, claimKeys, queueListener } = open();
  const heard: QueueName[] = [];
  const listening = queueListener.listen({ wake: (name) => heard.push(name), onProblem: () => {} });
  expect(heard).toEqual([BUILD_REQUESTS, NOTIFICATIONS]);
  await enqueue('a');
  await claimKeys();
  expect(heard.slice(2)).toEqual([NOTIFICATIONS]);
  await listening.stop();
  await enqueue('b');
  await claimKeys();
  expect(heard).toHaveLength(3);
});

it('once it is closed the engine is closed, and claims go past it', async () => {
  let closed = 0;
  const { enqueue, claimKeys, close, added } = open({}, () => ({
    close: async () => {
      closed += 1;
    },
  }));
  await close();
  await enqueue('a');
  expect(await claimKeys()).toEqual(['a']);
  expect([closed, added]).toEqual([1, []]);
});

it('takes of builds are no longer one statement, and commits are', () => {
  const memory = memoryStorage();
  const commit = async () => [];
  const claimDueBuilds = async () => ({ builds: [], unprocessableMessages: [] });
  const insteadOf = memory;
  const { fused } = outbox(memoryEngine(), { ...memory, fused: { commit, claimDueBuilds, insteadOf } });
  expect(fused).toEqual({ commit, insteadOf });
});

it.each([{ window: 0 }, { againAfterMs: Number.NaN }, { waitMs: Number.POSITIVE_INFINITY }])(
  'options that cannot work are refused: %o',
  (options) => {
    expect(() => outbox(memoryEngine(), memoryStorage(), options)).toThrow(TypeError);
  },
);
