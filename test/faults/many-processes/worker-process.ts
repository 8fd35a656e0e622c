/** A process of workers behind BullMQ, to be killed: it has no handler for any signal. */
import { Queue, QueueEvents, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { bullmq } from '../../../src/adapters/bullmq/index.js';
import { nodePostgres, postgres } from '../../../src/adapters/postgres/index.js';
import { wrkHttp } from '../../../src/adapters/wrk-http/index.js';
import { createBuilds } from '../../../src/create-builds.js';
import { outbox } from '../../../src/outbox/outbox.js';
import type { Engine } from '../../../src/ports/engine.js';
import type { Notifier } from '../../../src/ports/notifier.js';
import { readSettings } from '../../support/processes/settings.js';
import type { Delivered, HandedOver } from './post-office.js';
import { PEOPLE, type QueueWorkerSettings } from './settings.js';

const { databaseUrl, redisUrl, wrkUrl, officeUrl, workers } = readSettings<QueueWorkerSettings>(process.env);

// Whoever started it may be killed too: then this pipe ends, and nothing is left behind.
process.stdin.resume().once('end', () => process.exit(1));

const post = async (path: string, body: Delivered | HandedOver) => {
  const response = await fetch(`${officeUrl}${path}`, { method: 'POST', body: JSON.stringify(body) });
  await response.text();
  return response.ok;
};
const byPost: Notifier = {
  deliver: async ({ key, recipient, message: { automationVersionId, template, channel } }) => {
    const delivery = { key, versionId: automationVersionId, told: `${template} ${channel} ${recipient.id}` };
    if (await post('/delivered', delivery)) return { status: 'delivered' };
    return { status: 'failed', retryable: true, reason: 'the office is closed' };
  },
};

/** Says what is handed over before the engine has it, so that nothing is handed over unseen. */
const watched = (engine: Engine): Engine => ({
  ...engine,
  add: async (queue, wakeUps) => {
    await post('/handed-over', { ids: wakeUps.flatMap(({ id, delayMs }) => (delayMs === 0 ? [id] : [])) });
    await engine.add(queue, wakeUps);
  },
});

const pool = new pg.Pool({ connectionString: databaseUrl, max: 6 });
const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
const storage = postgres(nodePostgres(pool));
createBuilds({
  ...outbox(watched(bullmq({ Queue, Worker, QueueEvents }, { connection })), storage, {
    againAfterMs: 2_000,
    // An engine that is only slow is not gone round: all of it is to go by way of Redis.
    waitMs: 60_000,
    restMs: 50,
  }),
  wrk: wrkHttp({ baseUrl: wrkUrl, duplicates: { by: 'idempotency-key' } }),
  notifiers: { email: byPost, slack: byPost, inApp: storage.inAppNotifier },
  resolveRecipients: async ({ audience }) => (PEOPLE[audience] ?? []).map((id) => ({ id })),
}).startWorkers(workers);
