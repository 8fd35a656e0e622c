import { setTimeout as sleep } from 'node:timers/promises';
import * as bullmq5 from 'bullmq';
import * as bullmq6 from 'bullmq-6';
import { Redis } from 'ioredis';
import { type BullmqClasses, bullmq } from '../../../src/adapters/bullmq/index.js';
import type { Engine } from '../../../src/ports/engine.js';
import type { EngineUnderTest } from '../../../src/testing/contracts/engine.js';
import { startRedis } from '../../support/redis.js';
import { sampled } from '../../support/size.js';

const BOTH: readonly (readonly [string, BullmqClasses<Redis>])[] = [
  ['BullMQ 6', { Queue: bullmq6.Queue, Worker: bullmq6.Worker, QueueEvents: bullmq6.QueueEvents }],
  ['BullMQ 5', { Queue: bullmq5.Queue, Worker: bullmq5.Worker, QueueEvents: bullmq5.QueueEvents }],
];

/** The versions under test, by the name that titles say. */
export const BULLMQ_VERSIONS = sampled(BOTH, 1);

/** An engine with a connection of its own, as a process would have; `close` closes both. */
export function openBullmq(classes: BullmqClasses<Redis>, url: string): Engine {
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  connection.on('error', () => {});
  const engine = bullmq(classes, { connection });
  return {
    ...engine,
    close: async () => {
      await engine.close();
      connection.disconnect();
    },
  };
}

/** BullMQ over a real Redis. */
export function bullmqUnderTest(name: string, classes: BullmqClasses<Redis>): EngineUnderTest {
  return {
    name,
    open: async () => {
      const redis = await startRedis();
      return {
        open: () => openBullmq(classes, redis.url),
        passTime: (ms) => sleep(ms),
        flush: redis.flush,
        close: redis.stop,
      };
    },
  };
}
