import { readFileSync } from 'node:fs';
import express from 'express';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { nodePostgres, verifySchema } from 'wrk-builds/postgres';
import { buildableProject, createFakeWrk, startFakeWrkServer } from 'wrk-builds/testing';
import { wireBuilds } from '../../examples/express-wiring/builds.js';
import { host } from '../../examples/express-wiring/host.js';
import { buildsRouter } from '../../examples/express-wiring/router.js';
import { startMailServer } from '../adapters/notify/support/mail-server.js';
import { foreignHost } from '../contracts/support/foreign-host.js';
import { FOREIGN_HOST } from '../contracts/support/host-shapes.js';
import { createDatabase, describeWithPostgres } from '../support/database.js';
import { until } from '../support/until.js';
import { listen } from './support/listen.js';
import { startExample } from './support/start-example.js';

const STEPS = readFileSync('examples/blueprints/onboarding-steps.json', 'utf8');
const ORIGIN = 'https://app.example';
const WRK_TOKEN = 'the-token-for-wrk';

describeWithPostgres('the wiring for an Express host', () => {
  const ends: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    vi.unstubAllEnvs();
    for (const end of ends.toReversed()) await end();
  });

  let pool: pg.Pool;
  const environment: Record<string, string> = {};
  const wrk = createFakeWrk({ token: WRK_TOKEN });
  let mails: Awaited<ReturnType<typeof startMailServer>>;

  beforeAll(async () => {
    const database = await createDatabase();
    ends.push(database.drop);
    pool = new pg.Pool({ connectionString: database.url });
    ends.push(() => pool.end());
    await FOREIGN_HOST.createTables(nodePostgres(pool));
    mails = await startMailServer();
    ends.push(mails.close);
    const wrkServer = await startFakeWrkServer(wrk);
    ends.push(wrkServer.close);
    Object.assign(environment, {
      DATABASE_URL: database.url,
      MAIL_URL: `smtp://127.0.0.1:${mails.port}?ignoreTLS=true`,
      MAIL_FROM: 'Builds <builds@vendor.example>',
      APP_ORIGIN: ORIGIN,
      WRK_URL: wrkServer.url,
      WRK_TOKEN,
      WRK_APP_HOST: 'app.wrk.example',
    });
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  });

  it('takes a build from the request to QA on the host’s own tables, and mails its people', async () => {
    const { rows, tenantId, versionId, projectId } = buildableProject({ name: 'wired' });
    const run = async (text: string, values: readonly unknown[] = []) =>
      (await pool.query(text, [...values])).rows;
    await foreignHost(run).insert(rows);
    const engineer = '6f1c8a52-58f4-4f0e-9d0a-1f2a3b4c5d6e';
    await run('update process_versions set spec = $1', [STEPS]);
    await run(
      `insert into people (id, email, org_id, role) values ($2, 'engineer@vendor.example', null, 'staff'), (gen_random_uuid(), 'client@client.example', $1, 'client')`,
      [tenantId, engineer],
    );

    const worker = startExample('examples/express-wiring/worker.ts', [], environment);
    ends.push(async () => worker.process.kill('SIGKILL'));
    await until(async () => {
      const report = await verifySchema(nodePostgres(pool), { host });
      return report.mismatches.length === 0;
    });
    const caller = { kind: 'user', tenantId, userId: engineer, roles: ['staff'] } as const;
    const app = express().use('/api', buildsRouter({ builds: wireBuilds(pool), authenticate: () => caller }));
    const server = await listen(app);
    ends.push(server.close);

    const requested = await fetch(`${server.url}/api/v1/automation-versions/${versionId}/status`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', origin: ORIGIN, cookie: 'session=1' },
      body: JSON.stringify({ status: 'Build in Progress', assignee_id: engineer }),
    });
    expect([requested.status, await requested.json()]).toMatchObject([202, { project_id: projectId }]);

    await until(async () => {
      const [engagement] = await run('select state from engagements where id = $1', [projectId]);
      return engagement?.state === 'QATesting';
    });
    expect([...wrk.workflowsByReference().values()]).toEqual([1]);
    const todos = await run(
      `select metadata->>'kind' as kind, state from todos where engagement_id = $1 and state = 'complete'`,
      [projectId],
    );
    expect(todos.length).toBeGreaterThan(0);
    // Started and complete to the client, assigned and ready for QA to the engineer, who is of the ops team too.
    await until(async () => mails.arrived.length >= 4);
    const told = mails.arrived.map(({ to, mail }) => `${to}: ${mail.subject}`).sort();
    expect(told).toContain('engineer@vendor.example: Test Automation of wired');
    expect(new Set(mails.arrived.flatMap(({ to }) => to))).toEqual(
      new Set(['client@client.example', 'engineer@vendor.example']),
    );

    worker.process.kill('SIGTERM');
    expect(await worker.finished).toMatchObject({ exitCode: 0 });
  });
});
