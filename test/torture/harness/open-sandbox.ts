import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { migrate, nodePostgres, postgres } from '../../../src/adapters/postgres/index.js';
import { createBuilds } from '../../../src/create-builds.js';
import { type BuildableProject, buildableProject, stableId } from '../../../src/testing/builders.js';
import { fakeWrkClient } from '../../../src/testing/wrk/fake-wrk-client.js';
import { DEFAULT_HOST, FOREIGN_HOST } from '../../contracts/support/host-shapes.js';
import type { WorkerProgram } from '../../support/processes/start-worker.js';
import { type RedisServer, startRedisServer } from '../../support/redis-server.js';
import type { RestartableServer } from '../../support/restartable-server.js';
import { startFleet } from './fleet.js';
import { openPeople } from './people.js';
import type { Plan } from './plan.js';
import { openPost } from './post-server.js';
import { randomOf } from './random.js';
import type { Sandbox } from './sandbox.js';
import { type HarnessWorkerSettings, PATIENCE } from './worker-settings.js';
import { openWrk, REJECTED, WRK_TOKEN } from './wrk-platform.js';

/** What runs have in common. */
export interface Shared {
  readonly program: WorkerProgram<HarnessWorkerSettings>;
  /** A server that no other run uses at the same time. */
  readonly server: RestartableServer;
  /** For the logs of the processes. */
  readonly folder: string;
  readonly withoutLeaseCheck: boolean;
}

/** A sandbox, the projects in it, and its end. */
export interface OpenSandbox extends Sandbox {
  readonly projects: readonly BuildableProject[];
  readonly logs: readonly string[];
  /** From now on `pass` does not wait. */
  readonly endFaults: () => void;
  readonly close: () => Promise<void>;
}

/** Makes the database, the servers, the processes and the projects of a run. */
export async function openSandbox({ seed, setUp }: Plan, shared: Shared): Promise<OpenSandbox> {
  const random = randomOf(seed);
  const opened: (() => Promise<unknown> | unknown)[] = [];
  const close = async () => {
    for (const each of opened.splice(0).reverse()) await each();
  };
  try {
    const name = `harness_${randomUUID().replaceAll('-', '')}`;
    const admin = new pg.Pool({ connectionString: shared.server.url, max: 1 });
    admin.on('error', () => {});
    opened.push(() => admin.end());
    await admin.query(`create database ${name}`);
    opened.push(() => admin.query(`drop database ${name} with (force)`));
    const databaseUrl = Object.assign(new URL(shared.server.url), { pathname: `/${name}` }).href;
    const pool = new pg.Pool({ connectionString: databaseUrl, max: 8, application_name: 'harness' });
    pool.on('error', () => {});
    // From birth: between a session's checkout and the listener of whoever checked it out lies a gap.
    pool.on('connect', (client) => client.on('error', () => {}));
    opened.push(() => pool.end());

    const shape = setUp.host === 'foreign' ? FOREIGN_HOST : DEFAULT_HOST;
    await shape.createTables(nodePostgres(pool));
    await migrate(nodePostgres(pool), shape.options);
    const host = shape.host(async (text, values = []) => (await pool.query(text, [...values])).rows);
    const projects = drawProjects(random, setUp);
    for (const { rows } of projects) await host.insert(rows);

    const redis: RedisServer | null = setUp.engine === 'bullmq' ? await startRedisServer() : null;
    opened.push(() => redis?.stop());
    const wrk = await openWrk(setUp, random.for('wrk'));
    opened.push(wrk.close);
    const post = await openPost();
    opened.push(post.close);

    const log = join(shared.folder, `${name}.log`);
    const fleet = await startFleet(shared.program, setUp.processes, {
      setUp,
      databaseUrl,
      redisUrl: redis?.url ?? null,
      wrkUrl: wrk.url,
      lookupUrl: wrk.lookupUrl,
      wrkToken: WRK_TOKEN,
      smtpPort: post.smtpPort,
      slackUrl: post.slackUrl,
      workers: {
        concurrency: { builds: 8, notifications: 8 },
        pollIntervalMs: 100,
        leaseMs: setUp.leaseMs,
        sweepIntervalMs: 400,
      },
      log,
      withoutLeaseCheck: shared.withoutLeaseCheck,
    });
    opened.push(fleet.close);

    const clientPool = new pg.Pool({ connectionString: databaseUrl, max: 4, application_name: 'client' });
    opened.push(() => clientPool.end());
    const nobody = { deliver: async () => ({ status: 'delivered' as const }) };
    const builds = createBuilds({
      ...postgres(nodePostgres(clientPool), shape.options),
      wrk: fakeWrkClient(wrk.fake, { duplicates: duplicatesOf(setUp) }),
      notifiers: { email: nobody, inApp: nobody, ...(setUp.slack && { slack: nobody }) },
      resolveRecipients: async () => [],
      ...PATIENCE,
    });

    const ended = new AbortController();
    setMaxListeners(0, ended.signal);
    return {
      setUp,
      fleet,
      wrk,
      post,
      people: openPeople(builds, wrk),
      server: shared.server,
      redis,
      pool,
      shape,
      host,
      changedByHost: new Set(),
      projects,
      logs: [log],
      pass: (ms) => sleep(ms, undefined, { signal: ended.signal }).catch(() => {}),
      endFaults: () => ended.abort(),
      close,
    };
  } catch (problem) {
    await close();
    throw problem;
  }
}

function duplicatesOf({ policy, settleMs }: Plan['setUp']) {
  switch (policy) {
    case 'key':
      return { by: 'idempotency-key' } as const;
    case 'lookup':
      return { by: 'lookup', settleMs } as const;
    case 'retry':
    case 'stop':
      return { by: 'nothing', onUnknownOutcome: policy } as const;
  }
}

function drawProjects(
  random: ReturnType<typeof randomOf>,
  { projects, tenants, host }: Plan['setUp'],
): BuildableProject[] {
  const chance = random.for('projects');
  return Array.from({ length: projects }, (_, index) =>
    buildableProject({
      name: `${chance.chance(0.1) ? REJECTED : 'project'} ${index}`,
      tenantId: stableId('tenant', index % tenants),
      versions: host === 'own' && chance.chance(0.2) ? 2 : 1,
    }),
  );
}
