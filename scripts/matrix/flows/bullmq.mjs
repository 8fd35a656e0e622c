import { Queue, QueueEvents, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { outbox } from 'wrk-builds';
import { bullmq } from 'wrk-builds/bullmq';
import { buildOnPostgres } from './on-postgres.mjs';

await buildOnPostgres((_, storage) => {
  const connection = new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: null });
  const prefix = `of-process-${process.pid}`;
  const throughEngine = outbox(bullmq({ Queue, Worker, QueueEvents }, { connection, prefix }), storage);
  return {
    storage: throughEngine,
    close: async () => {
      await throughEngine.close();
      connection.disconnect();
    },
  };
});
