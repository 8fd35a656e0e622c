import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createBuilds } from 'wrk-builds';
import { createHostTables, migrate, nodePostgres, postgres } from 'wrk-builds/postgres';
import {
  type BuildableProject,
  buildableProject,
  createFakeWrk,
  type FakeWrk,
  type FakeWrkServer,
  startFakeWrkServer,
  wrkBehaviour,
} from 'wrk-builds/testing';
import { wrkHttp } from 'wrk-builds/wrk-http';
import { postgresHost } from '../contracts/support/postgres-host.js';
import { createDatabase, describeWithPostgres, type TestDatabase } from '../support/database.js';
import { isFull } from '../support/size.js';
import { until } from '../support/until.js';
import { startMailService } from './support/mail-service.js';
import { startExample } from './support/start-example.js';

/** Long enough for a request and a look into the database to come while a call is in flight. */
const SLOW_MS = 3_000;
const nobody = { deliver: async () => ({ status: 'delivered' as const }) };

describeWithPostgres('the worker of the examples', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let fake: FakeWrk;
  let wrk: FakeWrkServer;
  let mail: Awaited<ReturnType<typeof startMailService>>;

  beforeEach(async () => {
    database = await createDatabase();
    pool = new pg.Pool({ connectionString: database.url });
    pool.on('error', () => {});
    mail = await startMailService();
    await createHostTables(nodePostgres(pool));
    await migrate(nodePostgres(pool));
  });
  afterEach(async () => {
    mail.server.close();
    await wrk?.close();
    await pool.end();
    await database.drop();
  });

  const openWrk = async (latencyMs: number) => {
    fake = createFakeWrk({ latencyMs });
    wrk = await startFakeWrkServer(fake);
  };
  /** The library in this process, on the same database. */
  const builds = () => {
    const storage = postgres(nodePostgres(pool));
    return createBuilds({
      ...storage,
      wrk: wrkHttp({ baseUrl: wrk.url, duplicates: { by: 'idempotency-key' } }),
      notifiers: { email: nobody, inApp: nobody },
      resolveRecipients: async () => [],
      // One call is all that a run has: one that counted would end it.
      retry: { maxRetries: 0 },
    });
  };
  const request = async ({ tenantId, versionId, rows }: BuildableProject) => {
    const { insert } = postgresHost(async (text, values = []) => (await pool.query(text, [...values])).rows);
    await insert(rows);
    const accepted = await builds().requestBuild({
      tenantId,
      automationVersionId: versionId,
      trigger: 'auto_build',
    });
    return accepted._unsafeUnwrap().bindingId;
  };
  const start = async (graceMs: number) => {
    const worker = startExample('examples/express-host/worker.ts', [], {
      DATABASE_URL: database.url,
      WRK_URL: wrk.url,
      WRK_TOKEN: randomUUID(),
      MAIL_URL: mail.url,
      GRACE_MS: String(graceMs),
    });
    await worker.logged('"working"');
    return worker;
  };
  const stored = async (bindingId: string) => {
    const { rows } = await pool.query(
      `select b.status, b.lease_until is not null as leased,
              array(select c.outcome from wrk_builds.workflow_calls c where c.binding_id = b.id order by c.number) as calls
         from wrk_builds.workflow_bindings b where b.id = $1`,
      [bindingId],
    );
    return rows[0];
  };

  it('ends on SIGTERM once the call that it holds has its answer, and takes nothing that comes meanwhile', async () => {
    await openWrk(SLOW_MS);
    const worker = await start(60_000);
    const held = await request(buildableProject({ name: 'held' }));
    await until(() => fake.calls().length === 1);
    worker.process.kill('SIGTERM');
    await worker.logged('"stopping"');
    const cameLater = await request(buildableProject({ name: 'came later' }));
    expect((await stored(held)).calls, 'the call is in flight').toEqual([null]);

    const { exitCode, output, complaints } = await worker.finished;
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: '' });
    expect(complaints).toContain('"message":"stopped"');
    expect(await stored(held)).toEqual({ status: 'active', leased: false, calls: ['created'] });
    expect(await stored(cameLater)).toEqual({ status: 'pending', leased: false, calls: [] });
    expect([...fake.workflowsByReference()]).toEqual([[held, 1]]);
  }, 180_000);

  if (isFull) {
    it('reschedules what has no answer within its grace period, and the call that was cut off does not count', async () => {
      await openWrk(0);
      fake.script(wrkBehaviour.createsThenHangs());
      const worker = await start(100);
      const bindingId = await request(buildableProject());
      await until(() => fake.calls().length === 1);
      worker.process.kill('SIGINT');
      const { exitCode, complaints } = await worker.finished;
      expect(exitCode).toBe(0);
      expect(complaints).not.toContain('"stop_failed"');
      expect(await stored(bindingId)).toEqual({ status: 'pending', leased: false, calls: [null] });

      const workers = builds().startWorkers();
      await workers.drain();
      await workers.stop();
      expect(await stored(bindingId)).toEqual({ status: 'active', leased: false, calls: [null, 'created'] });
      const [first, second] = fake.calls();
      expect([second?.key, second?.bodyHash]).toEqual([first?.key, first?.bodyHash]);
      expect([...fake.workflowsByReference()]).toEqual([[bindingId, 1]]);
    }, 180_000);
  }

  if (isFull) {
    it('ends at once on a second signal, and leaves what it holds to the lease', async () => {
      await openWrk(0);
      fake.script(wrkBehaviour.createsThenHangs());
      const worker = await start(3_600_000);
      const bindingId = await request(buildableProject());
      await until(() => fake.calls().length === 1);
      worker.process.kill('SIGTERM');
      await worker.logged('"stopping"');
      // One that comes at once counts as the same.
      worker.process.kill('SIGINT');
      await until(() => worker.process.signalCode !== null || !worker.process.kill('SIGINT'));
      const { exitCode, complaints } = await worker.finished;
      expect([exitCode, worker.process.signalCode]).toEqual([null, 'SIGINT']);
      expect(complaints).not.toContain('"stopped"');
      expect(await stored(bindingId)).toEqual({ status: 'pending', leased: true, calls: [null] });
    }, 180_000);
  }
});
