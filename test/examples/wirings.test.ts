import { readFileSync } from 'node:fs';
import express from 'express';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type HostMapping, nodePostgres, verifySchema } from 'wrk-builds/postgres';
import { buildableProject, createFakeWrk, startFakeWrkServer } from 'wrk-builds/testing';
import { wireBuilds } from '../../examples/express-wiring/builds.js';
import { host as expressHost } from '../../examples/express-wiring/host.js';
import { buildsRouter } from '../../examples/express-wiring/router.js';
import { PATCH } from '../../examples/next-host/app/api/[...path]/route.js';
import { host as nextHost } from '../../examples/next-host/lib/host.js';
import { cookieOf } from '../../examples/next-host/lib/session.js';
import { startMailServer } from '../adapters/notify/support/mail-server.js';
import { AGENCY_HOST, FOREIGN_HOST, type HostShape } from '../contracts/support/host-shapes.js';
import { createDatabase, describeWithPostgres } from '../support/database.js';
import { until } from '../support/until.js';
import { listen } from './support/listen.js';
import { startExample } from './support/start-example.js';

const STEPS = readFileSync('examples/blueprints/onboarding-steps.json', 'utf8');
const ORIGIN = 'https://app.example';
const WRK_TOKEN = 'the-token-for-wrk';
const ENGINEER = '6f1c8a52-58f4-4f0e-9d0a-1f2a3b4c5d6e';
const MAX_LINES = 100;

/** A wiring that somebody copies, and the tables that it is for. */
interface Wiring {
  readonly name: string;
  readonly folder: string;
  /** What somebody copies and adapts: neither the templates nor what a host has of sessions and settings. */
  readonly files: readonly string[];
  readonly worker: string;
  readonly shape: HostShape;
  readonly mapping: HostMapping;
  /** Adds an engineer and a client; `$1` to `$3`: the engineer, the tenant. */
  readonly people: string;
  readonly prepare: string;
  /** The status of the project `$1`. */
  readonly status: { readonly read: string; readonly whenBuilt: string };
  readonly send: (pool: pg.Pool, tenantId: string, path: string, body: unknown) => Promise<Response>;
}

const headers = { 'content-type': 'application/json', origin: ORIGIN };

const WIRINGS: readonly Wiring[] = [
  {
    name: 'Express',
    folder: 'examples/express-wiring',
    files: ['host.ts', 'builds.ts', 'router.ts', 'worker.ts'],
    worker: 'worker.ts',
    shape: FOREIGN_HOST,
    mapping: expressHost,
    people: `insert into people (id, email, org_id, role) values ($1, 'engineer@vendor.example', null, 'staff'), (gen_random_uuid(), 'client@client.example', $2, 'client')`,
    prepare: `update process_versions set spec = '${STEPS.replaceAll("'", "''")}'`,
    status: { read: 'select state as status from engagements where id = $1', whenBuilt: 'QATesting' },
    send: async (pool, tenantId, path, body) => {
      const caller = { kind: 'user', tenantId, userId: ENGINEER, roles: ['staff'] } as const;
      const router = buildsRouter({ builds: wireBuilds(pool), authenticate: () => caller });
      const server = await listen(express().use('/api', router));
      try {
        return await fetch(`${server.url}${path}`, {
          method: 'PATCH',
          headers: { ...headers, cookie: 'session=1' },
          body: JSON.stringify(body),
        });
      } finally {
        await server.close();
      }
    },
  },
  {
    name: 'Next.js',
    folder: 'examples/next-host',
    files: ['lib/host.ts', 'lib/builds.ts', 'app/api/[...path]/route.ts', 'worker.mts'],
    worker: 'worker.mts',
    shape: AGENCY_HOST,
    mapping: nextHost,
    people: `insert into agency.accounts (id, email, workspace_id, role) values ($1, 'engineer@vendor.example', null, 'ops_build'), (gen_random_uuid(), 'client@client.example', $2, 'client')`,
    prepare: 'select',
    status: { read: 'select stage as status from agency.projects where id = $1', whenBuilt: 'qa' },
    send: async (_, tenantId, path, body) => {
      const expiresAt = Date.now() + 3_600_000;
      const cookie = cookieOf({ tenantId, userId: ENGINEER, roles: ['ops_build'], expiresAt });
      const url = `${ORIGIN}${path}`;
      return PATCH(
        new Request(url, { method: 'PATCH', headers: { ...headers, cookie }, body: JSON.stringify(body) }),
      );
    },
  },
];

describeWithPostgres.each(WIRINGS)('the wiring for $name', (wiring) => {
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
    pool.on('error', () => {});
    ends.push(() => pool.end());
    await wiring.shape.createTables(nodePostgres(pool));
    mails = await startMailServer();
    ends.push(mails.close);
    const wrkServer = await startFakeWrkServer(wrk);
    ends.push(wrkServer.close);
    Object.assign(environment, {
      DATABASE_URL: database.url,
      SESSION_SECRET: 'a-secret-of-the-sessions',
      MAIL_URL: `smtp://127.0.0.1:${mails.port}?ignoreTLS=true`,
      MAIL_FROM: 'Builds <builds@vendor.example>',
      APP_ORIGIN: ORIGIN,
      WRK_URL: wrkServer.url,
      WRK_TOKEN,
      WRK_APP_HOST: 'app.wrk.example',
    });
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    vi.spyOn(console, 'info').mockReturnValue();
  });

  it(`is at most ${MAX_LINES} lines of code`, () => {
    const isCode = (line: string) => !/^\s*(\/\/.*|\/\*\*.*|\*.*)?$/.test(line);
    const lines = wiring.files.flatMap((file) =>
      readFileSync(`${wiring.folder}/${file}`, 'utf8').split('\n'),
    );
    expect(lines.filter(isCode).length).toBeLessThanOrEqual(MAX_LINES);
  });

  it('takes a build from the request to QA on the host’s own tables, and mails its people', async () => {
    const { rows, tenantId, versionId, projectId } = buildableProject({ name: 'wired' });
    const run = async (text: string, values: readonly unknown[] = []) =>
      (await pool.query(text, [...values])).rows;
    await wiring.shape.host(run).insert(rows);
    await run(wiring.prepare);
    await run(wiring.people, [ENGINEER, tenantId]);

    const worker = startExample(`${wiring.folder}/${wiring.worker}`, [], environment);
    ends.push(async () => worker.process.kill('SIGKILL'));
    await until(async () => {
      const report = await verifySchema(nodePostgres(pool), { host: wiring.mapping });
      return report.mismatches.length === 0;
    });
    const body = { status: 'Build in Progress', assignee_id: ENGINEER };
    const requested = await wiring.send(
      pool,
      tenantId,
      `/api/v1/automation-versions/${versionId}/status`,
      body,
    );
    expect([requested.status, await requested.json()]).toMatchObject([202, { project_id: projectId }]);

    await until(async () => {
      const [project] = await run(wiring.status.read, [projectId]);
      return project?.status === wiring.status.whenBuilt;
    });
    expect([...wrk.workflowsByReference().values()]).toEqual([1]);
    // Started and complete to the client, assigned and ready for QA to the engineer, who is of the ops team too.
    await until(async () => mails.arrived.length >= 4);
    const told = mails.arrived.map(({ to, mail }) => `${to}: ${mail.subject}`);
    expect(told).toContain('engineer@vendor.example: Test Automation of wired');
    expect(new Set(mails.arrived.flatMap(({ to }) => to))).toEqual(
      new Set(['client@client.example', 'engineer@vendor.example']),
    );

    worker.process.kill('SIGTERM');
    expect(await worker.finished).toMatchObject({ exitCode: 0 });
  });
});
