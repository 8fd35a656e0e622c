/**
 * How soon a worker in another process takes up what was requested, with NOTIFY and with its poll alone, and how many
 * statements a worker runs that has nothing to do. On the Postgres of DATABASE_URL, in the schemas `bench_host` and
 * `bench_builds`, which are dropped first.
 *
 * N (default 200) builds each way, at random moments. The time is from the start of the statement that commits a request
 * to the start of the one that claims its build, both by the clock of the database. IDLE_MS (default 30,000): how long
 * an idle worker is watched.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createBuilds } from 'wrk-builds';
import { type NodePostgresPool, nodePostgres, postgres } from 'wrk-builds/postgres';
import { countStatements } from './support/count-statements.js';
import { fillSchemas } from './support/fill-schemas.js';
import { schemas } from './support/schemas.js';

const N = Number(process.env.N ?? 200);
const IDLE_MS = Number(process.env.IDLE_MS ?? 30_000);
/** Longest pause between two requests: the poll is met at every moment of its wait. */
const MAX_PAUSE_MS = 250;

const openPool = () => new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const admin = openPool();
const versions = await fillSchemas(admin, 2 * N);

/** A process of its own: its pool, its workers, and nothing that the others could wake by themselves. */
const openProcess = (pool: NodePostgresPool, listen: boolean) => {
  let created = 0;
  const nobody = { deliver: async () => ({ status: 'delivered' as const }) };
  return createBuilds({
    ...postgres(nodePostgres(pool, { listen }), schemas),
    wrk: {
      duplicates: { by: 'idempotency-key' },
      createWorkflow: async ({ reference }) => {
        created += 1;
        const workflowUrl = `https://wrk.example/${created}`;
        return { kind: 'created', workflowId: reference, workflowUrl };
      },
      findWorkflow: async () => ({ kind: 'absent' }),
    },
    notifiers: { email: nobody, inApp: nobody },
    resolveRecipients: async () => [],
  });
};

const active = async () =>
  Number(
    (await admin.query(`select count(*) from bench_builds.workflow_bindings where status = 'active'`)).rows[0]
      .count,
  );

const wakeUp = async (listen: boolean) => {
  const working = openPool();
  const asking = openPool();
  const workers = openProcess(working, listen).startWorkers({ concurrency: { notifications: 0 } });
  const { requestBuild } = openProcess(asking, false);
  await sleep(500);
  const before = await active();
  for (const { id, tenant_id } of versions.splice(0, N)) {
    await sleep(Math.random() * MAX_PAUSE_MS);
    const answer = await requestBuild({
      tenantId: tenant_id,
      automationVersionId: id,
      trigger: 'patch_status',
    });
    if (answer.isErr()) throw new Error(answer.error.code);
  }
  while ((await active()) < before + N) await sleep(50);
  await workers.stop();
  await working.end();
  await asking.end();
  const { rows } = await admin.query<{ ms: number }>(`
    select extract(epoch from c.started_at - b.created_at)::float8 * 1000 as ms
      from bench_builds.workflow_bindings b join bench_builds.workflow_calls c on c.binding_id = b.id
     order by b.created_at desc limit ${N}`);
  const sorted = rows.map(({ ms }) => ms).sort((left, right) => left - right);
  const at = (share: number) => Number((sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1));
  return { p50_ms: at(0.5), p95_ms: at(0.95) };
};

/** Statements a second of a worker that finds nothing. */
const idle = async (listen: boolean) => {
  const pool = openPool();
  const statements = countStatements(pool);
  const workers = openProcess(statements.pool, listen).startWorkers();
  await sleep(1_000);
  const perSecond = await statements.rateWithin(IDLE_MS);
  await workers.stop();
  await pool.end();
  return perSecond;
};

console.log(JSON.stringify({ name: 'NOTIFY', n: N, ...(await wakeUp(true)) }));
console.log(JSON.stringify({ name: 'poll alone', n: N, ...(await wakeUp(false)) }));
await admin.query('delete from bench_builds.messages');
console.log(JSON.stringify({ name: 'idle, NOTIFY', statements_per_s: await idle(true) }));
console.log(JSON.stringify({ name: 'idle, poll alone', statements_per_s: await idle(false) }));
await admin.end();
