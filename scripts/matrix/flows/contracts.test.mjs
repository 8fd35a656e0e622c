// The contract suites in the Vitest of the cell: of the storage in memory, and of each engine on what it really runs on.
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue, QueueEvents, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { describe } from 'vitest';
import { bullmq } from 'wrk-builds/bullmq';
import { memoryStorage } from 'wrk-builds/memory';
import { pgBoss } from 'wrk-builds/pg-boss';
import { engineContract, queueContract } from 'wrk-builds/testing/contracts';
import { startBoss } from './start-boss.mjs';

queueContract({
  name: 'memory',
  concurrent: false,
  open: async () => {
    let passed = 0;
    const storage = memoryStorage({ now: () => Date.now() + passed });
    return {
      ...storage,
      passTime: async (ms) => {
        passed += ms;
      },
      close: async () => {},
    };
  },
});

engineContract({
  name: 'pg-boss',
  open: async () => {
    const url = new URL(process.env.DATABASE_URL);
    const name = `engine_${process.pid}`;
    const admin = new pg.Client(url.href);
    await admin.connect();
    await admin.query(`create database ${name}`);
    url.pathname = `/${name}`;
    const boss = await startBoss(url.href);
    return {
      open: () => pgBoss(boss),
      passTime: (ms) => sleep(ms),
      flush: async () => {
        for (const { name: queue } of await boss.getQueues())
          await (boss.deleteAllJobs ?? boss.purgeQueue).call(boss, queue);
      },
      close: async () => {
        await boss.stop({ graceful: false, wait: true, close: true });
        await admin.query(`drop database ${name} with (force)`);
        await admin.end();
      },
    };
  },
});

describe.skipIf(!process.env.REDIS_URL)('on a real Redis', () => {
  engineContract({
    name: 'BullMQ',
    open: async () => {
      const connections = [];
      const connect = () => {
        const connection = new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: null });
        connections.push(connection);
        return connection;
      };
      return {
        open: () => {
          const engine = bullmq(
            { Queue, Worker, QueueEvents },
            { connection: connect(), prefix: 'contract' },
          );
          return engine;
        },
        passTime: (ms) => sleep(ms),
        flush: async () => void (await connect().flushdb()),
        close: async () => {
          for (const connection of connections) connection.disconnect();
        },
      };
    },
  });
});
