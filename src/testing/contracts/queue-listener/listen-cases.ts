import { err, ok } from 'neverthrow';
import { expect } from 'vitest';
import { BUILD_REQUESTS, NOTIFICATIONS, type QueueName } from '../../../core/build/messages.js';
import { outgoingNotification } from '../../builders.js';
import type { StorageHarness } from '../../storage-harness.js';
import { capabilityOf } from '../support/capability-of.js';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as when from '../support/when.js';

const forBuilds = (key: string) => outgoingNotification(key, { queue: BUILD_REQUESTS });

/** Listens, and remembers what it heard after it had begun. */
async function startListening<Tx>(store: StorageHarness<Tx>) {
  const heard: QueueName[] = [];
  const problems: unknown[] = [];
  let told = () => {};
  const listening = capabilityOf(store, 'queueListener').listen({
    wake: (queue) => {
      heard.push(queue);
      told();
    },
    onProblem: (problem) => {
      problems.push(problem);
      told();
    },
  });
  const until = async (queue: QueueName) => {
    while (!heard.includes(queue) && problems.length === 0) {
      await new Promise<void>((resolve) => {
        told = resolve;
      });
    }
    expect(problems).toEqual([]);
  };
  // Both are woken when it begins, since something may have been missed.
  for (const queue of [BUILD_REQUESTS, NOTIFICATIONS] as const) await until(queue);
  heard.length = 0;
  return { ...listening, heard, until };
}

/**
 * What a listener hears. That something is not heard is seen by what is heard after it: hints of one store come in the
 * order of the commits that they tell of.
 */
export const listenCases: readonly StorageCase[] = [
  {
    name: 'both queues are woken when it begins, and each one when a message of it is committed',
    run: async (store) => {
      const { until, heard, stop } = await startListening(store);
      await when.enqueue(store, outgoingNotification('a'));
      await until(NOTIFICATIONS);
      expect(heard).toEqual([NOTIFICATIONS]);
      await when.enqueue(store, forBuilds('b'));
      await until(BUILD_REQUESTS);
      expect(heard).toEqual([NOTIFICATIONS, BUILD_REQUESTS]);
      await stop();
    },
  },
  {
    name: 'a queue is woken once for many messages of one call',
    run: async (store) => {
      const { until, heard, stop } = await startListening(store);
      await when.enqueue(store, ...['a', 'b', 'c'].map((key) => outgoingNotification(key)));
      await when.enqueue(store, forBuilds('end'));
      await until(BUILD_REQUESTS);
      expect(heard).toEqual([NOTIFICATIONS, BUILD_REQUESTS]);
      await stop();
    },
  },
  {
    name: 'a commit of decisions wakes both queues',
    run: async (store) => {
      const decision = await given.acceptance(store, await given.project(store));
      const { until, stop } = await startListening(store);
      if (store.fused?.commit) expect(await store.fused.commit([decision])).toEqual(['ok']);
      else await when.enqueue(store, ...decision.messages);
      await until(NOTIFICATIONS);
      await until(BUILD_REQUESTS);
      await stop();
    },
  },
  {
    name: 'a message that is due later wakes nobody, and neither does one that is rolled back',
    run: async (store) => {
      const { until, heard, stop } = await startListening(store);
      await when.enqueue(store, outgoingNotification('later', { delayMs: when.LONG_MS }));
      await store.repository.transaction(async (tx) => {
        await store.queue.enqueue(tx, [outgoingNotification('gone')]);
        return err('rolled back');
      });
      await when.enqueue(store, forBuilds('end'));
      await until(BUILD_REQUESTS);
      expect(heard).toEqual([BUILD_REQUESTS]);
      await stop();
    },
  },
  {
    name: 'a message wakes nobody before its transaction has committed',
    concurrent: true,
    run: async (store) => {
      const { until, heard, stop } = await startListening(store);
      await store.repository.transaction(async (tx) => {
        await store.queue.enqueue(tx, [outgoingNotification('key')]);
        await when.enqueue(store, forBuilds('other'));
        await until(BUILD_REQUESTS);
        expect(heard).toEqual([BUILD_REQUESTS]);
        return ok(undefined);
      });
      await until(NOTIFICATIONS);
      await stop();
    },
  },
  {
    name: 'a listener that was stopped hears nothing more, and the others go on',
    run: async (store) => {
      const stopped = await startListening(store);
      const other = await startListening(store);
      await stopped.stop();
      stopped.heard.length = 0;
      await when.enqueue(store, outgoingNotification('key'));
      await other.until(NOTIFICATIONS);
      expect(stopped.heard).toEqual([]);
      await other.stop();
    },
  },
];
