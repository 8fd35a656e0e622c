import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { smtpNotifier } from '../../src/adapters/notify/index.js';
import { wrkHttp } from '../../src/adapters/wrk-http/index.js';
import { openPostgres } from '../contracts/support/postgres-under-test.js';
import { describeWithPostgres } from '../support/database.js';
import * as given from '../support/given.js';
import { until } from '../support/until.js';
import * as when from '../support/when.js';
import { filesRun } from './support/files-run.js';

const page = readFileSync(fileURLToPath(new URL('../../docs/architecture.md', import.meta.url)), 'utf8');
const chapter = page.split('\n## Three walks through the code\n')[1]?.split('\n## ')[0] ?? '';
const [introduction = '', ...lists] = chapter.split('\n### ');

/** What the page leaves out of all three: folders and files of `src`. */
const leftOut = [...introduction.matchAll(/`src\/(.+?)`/g)].map(([, path = '']) => path);

const listOf = (heading: string) => lists.find((list) => list.startsWith(`${heading}\n`)) ?? '';
const filesIn = (list: string) => [...list.matchAll(/^\d+\. `src\/(.+?)`/gm)].map(([, path = '']) => path);

/** A WRK that makes a workflow of everything it is sent. */
const wrk = createServer((request, response) => {
  request.resume().on('end', () => {
    const id = request.headers['idempotency-key'];
    response.writeHead(201, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ workflow_id: id, workflow_url: `https://wrk.example/workflows/${id}` }));
  });
});

/** The three of them with everything warm, as in a process that has worked for a while. */
async function walkAll() {
  const store = await openPostgres({ listen: false });
  const app = given.app(store, {
    wrk: wrkHttp({
      baseUrl: `http://127.0.0.1:${(wrk.address() as AddressInfo).port}`,
      duplicates: { by: 'idempotency-key' },
    }),
    notifiers: {
      email: smtpNotifier({ transport: { sendMail: async () => ({}) }, from: 'builds@vendor.example' }),
      inApp: store.inAppNotifier,
    },
    resolveRecipients: async () => [{ id: 'user', address: 'user@client.example' }],
  });
  const makeDue = (inHours: number) =>
    store.pool.query(`
      with moved as (update wrk_builds.workflow_bindings set run_at = now() + ${inHours} * interval '1 hour')
      update wrk_builds.messages set run_at = now() + ${inHours} * interval '1 hour'`);
  const messages = async () => (await store.pool.query('select from wrk_builds.messages')).rowCount;
  /** Workers that have begun, and have found nothing to do. */
  const idleWorkers = async (concurrency: { builds: number; notifications: number }) => {
    await makeDue(1);
    const workers = when.start(app, { pollIntervalMs: 100, concurrency });
    await sleep(300);
    return workers;
  };
  try {
    await given.requestedBuild(app, 'first');
    const warm = app.builds.startWorkers();
    await warm.drain();
    await warm.stop();

    const request = await filesRun(() => given.requestedBuild(app, 'second'));

    const building = await idleWorkers({ builds: 1, notifications: 0 });
    const build = await filesRun(async () => {
      await makeDue(0);
      await when.happened(app, 'build_completed', 2);
      // The circuit breaker is told after the commit.
      await sleep(100);
    });
    await building.stop();

    await store.pool.query(
      `delete from wrk_builds.messages where key not like '%:build_complete:email:client'`,
    );
    const delivering = await idleWorkers({ builds: 0, notifications: 1 });
    const notification = await filesRun(async () => {
      await makeDue(0);
      await until(async () => (await messages()) === 0);
    });
    await delivering.stop();
    return { request, build, notification };
  } finally {
    await store.close();
  }
}

describeWithPostgres('the walks of docs/architecture.md', () => {
  let ran: Awaited<ReturnType<typeof walkAll>>;
  beforeAll(async () => {
    await new Promise<void>((resolve) => wrk.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    wrk.closeAllConnections();
    wrk.close();
  });

  it('are run', async () => {
    ran = await walkAll();
  });

  it.each([
    ['A request for a build', 'request', { files: 21, jumps: 3 }],
    ['A claimed build', 'build', { files: 29, jumps: 4 }],
    ['A notification', 'notification', { files: 16, jumps: 2 }],
  ] as const)('%s', (heading, walk, most) => {
    const list = listOf(heading);
    const files = filesIn(list);
    const opened = ran[walk].filter(
      (path) => !path.startsWith('testing/') && !leftOut.some((each) => path.startsWith(each)),
    );
    // A statement was put together before the walk began, so its file is listed without having run.
    expect(files.filter((path) => !path.startsWith('adapters/postgres/sql/')).sort()).toEqual(opened);
    expect(new Set(files).size).toBe(files.length);
    expect(files.length).toBeLessThanOrEqual(most.files);
    expect(list.match(/jump \d/g)?.length ?? 0).toBeLessThanOrEqual(most.jumps);
  });
});
