/** A worker process of the harness. It takes the clock's jumps from its standard input, and ends when that ends. */
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue, QueueEvents, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import nodemailer from 'nodemailer';
import pg from 'pg';
import PgBoss from 'pg-boss';
import { bullmq } from '../../../src/adapters/bullmq/index.js';
import { slackNotifier, smtpNotifier } from '../../../src/adapters/notify/index.js';
import { pgBoss } from '../../../src/adapters/pg-boss/index.js';
import { nodePostgres, postgres } from '../../../src/adapters/postgres/index.js';
import { secret, type WrkHttpOptions, wrkHttp } from '../../../src/adapters/wrk-http/index.js';
import type { WrkLookup } from '../../../src/core/orchestration/wrk-answer.js';
import { createBuilds } from '../../../src/create-builds.js';
import { outbox } from '../../../src/outbox/outbox.js';
import type { Engine } from '../../../src/ports/engine.js';
import type { WorkflowCall, WrkPlatformClient } from '../../../src/ports/wrk-platform-client.js';
import { FOREIGN_MAPPING } from '../../contracts/support/foreign-mapping.js';
import { readSettings } from '../../support/processes/settings.js';
import { type HarnessWorkerSettings, PATIENCE, peopleOf } from './worker-settings.js';

const settings = readSettings<HarnessWorkerSettings>(process.env);
const { setUp } = settings;

// The clock of this process, which can be set.
const RealDate = Date;
let shiftMs = 0;
globalThis.Date = class extends RealDate {
  constructor(...given: [] | [string | number]) {
    if (given.length === 0) super(RealDate.now() + shiftMs);
    else super(...(given as [string]));
  }
  static override now() {
    return RealDate.now() + shiftMs;
  }
} as DateConstructor;
createInterface(process.stdin)
  .on('line', (line) => {
    shiftMs += JSON.parse(line).shiftMs;
  })
  .once('close', () => process.exit(1));

const duplicates = (): WrkHttpOptions['duplicates'] => {
  switch (setUp.policy) {
    case 'key':
      return { by: 'idempotency-key' };
    case 'retry':
    case 'stop':
      return { by: 'nothing', onUnknownOutcome: setUp.policy };
    case 'lookup':
      return {
        by: 'lookup',
        settleMs: setUp.settleMs,
        find: async ({ tenantId, reference, signal }) => {
          const url = `${settings.lookupUrl}?${new URLSearchParams({ tenantId, reference })}`;
          return (await (await fetch(url, { signal })).json()) as WrkLookup;
        },
      };
  }
};

const unasked = <Asked extends Pick<WorkflowCall, 'mayBegin'>>(asked: Asked): Asked =>
  settings.withoutLeaseCheck ? { ...asked, mayBegin: () => true } : asked;
const client = wrkHttp({
  baseUrl: settings.wrkUrl,
  token: secret(settings.wrkToken),
  deadlineMs: setUp.deadlineMs,
  duplicates: duplicates(),
});
const wrk: WrkPlatformClient = {
  ...client,
  createWorkflow: (call) => client.createWorkflow(unasked(call)),
  findWorkflow: (question) => client.findWorkflow(unasked(question)),
};

/** The host's engine. It is not there before its server is, so it is started until it stands. */
async function openEngine(): Promise<Engine | null> {
  if (setUp.engine === 'none') return null;
  if (setUp.engine === 'bullmq') {
    const connection = new Redis(settings.redisUrl ?? '', { maxRetriesPerRequest: null });
    connection.on('error', () => {});
    return bullmq({ Queue, Worker, QueueEvents }, { connection });
  }
  for (;;) {
    const boss = new PgBoss({
      connectionString: settings.databaseUrl,
      max: 3,
      supervise: false,
      schedule: false,
    });
    boss.on('error', () => {});
    try {
      await boss.start();
      return pgBoss(boss);
    } catch {
      await boss.stop({ graceful: false }).catch(() => {});
      await sleep(200);
    }
  }
}

async function main() {
  const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: 6, application_name: 'worker' });
  const storage = postgres(nodePostgres(pool), setUp.host === 'foreign' ? { host: FOREIGN_MAPPING } : {});
  const engine = await openEngine();
  const behindEngine = engine
    ? outbox(engine, storage, { againAfterMs: 1_000, waitMs: 500, restMs: 500 })
    : storage;
  const mailer = nodemailer.createTransport({
    host: '127.0.0.1',
    port: settings.smtpPort,
    ignoreTLS: true,
    // Patient with a busy machine, and still shorter than a server that hangs for long.
    connectionTimeout: 2_500,
    greetingTimeout: 2_500,
    socketTimeout: 2_500,
  });
  const workers = createBuilds({
    ...behindEngine,
    wrk,
    notifiers: {
      inApp: storage.inAppNotifier,
      email: smtpNotifier({ transport: mailer, from: 'builds@example.test' }),
      ...(setUp.slack && {
        slack: slackNotifier({ webhookUrl: secret(settings.slackUrl), timeoutMs: 800 }),
      }),
    },
    resolveRecipients: async ({ tenantId, audience }) => peopleOf(tenantId, audience),
    ...PATIENCE,
    ...(setUp.perTenant !== null && { limits: { concurrency: { perTenant: setUp.perTenant } } }),
    onEvent: (event) =>
      appendFileSync(settings.log, `${RealDate.now() % 1e6} ${process.pid} ${JSON.stringify(event)}\n`),
  }).startWorkers(settings.workers);

  process.once('SIGTERM', () => {
    void workers.stop({ graceMs: setUp.graceMs }).then(() => process.exit(0));
  });
}

void main();
