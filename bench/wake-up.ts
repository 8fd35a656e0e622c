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
import {
  createHostTables,
  migrate,
  type NodePostgresClient,
  type NodePostgresPool,
  nodePostgres,
  postgres,
} from 'wrk-builds/postgres';

const N = Number(process.env.N ?? 200);
const IDLE_MS = Number(process.env.IDLE_MS ?? 30_000);
/** Longest pause between two requests: the poll is met at every moment of its wait. */
const LONGEST_PAUSE_MS = 250;
const schemas = { schema: 'bench_builds', hostSchema: 'bench_host' };

const openPool = () => new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const admin = openPool();
await admin.query('drop schema if exists bench_host cascade; drop schema if exists bench_builds cascade');
await createHostTables(nodePostgres(admin), schemas);
await migrate(nodePostgres(admin), schemas);
await admin.query(`
create temp table s as select md5('a'||i)::uuid a, md5('p'||i)::uuid p, md5('v'||i)::uuid v, md5('q'||i)::uuid q,
  md5('t')::uuid t, i from generate_series(1, ${2 * N}) i;
insert into bench_host.automations select a, t, 'Automation '||i from s;
insert into bench_host.projects select p, t, a, 'Project '||i, 'Ready for Build', 0, null from s;
insert into bench_host.automation_versions select v, t, a, p, 'Ready for Build',
  '{"nodes":[{"id":"a"},{"id":"b"}],"edges":[{"source":"a","target":"b"}]}' from s;
insert into bench_host.quotes select q, t, v, 'signed' from s;`);
const versions = (
  await admin.query<{ id: string; tenant_id: string }>(
    'select id, tenant_id from bench_host.automation_versions',
  )
).rows;

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
  const workers = openProcess(working, listen).startWorkers({ notifications: 0 });
  const { requestBuild } = openProcess(asking, false);
  await sleep(500);
  const before = await active();
  for (const { id, tenant_id } of versions.splice(0, N)) {
    await sleep(Math.random() * LONGEST_PAUSE_MS);
    const answer = await requestBuild({ tenantId: tenant_id, automationVersionId: id, via: 'patch_status' });
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

/** Statements a second of a worker that finds nothing, with those of BEGIN and the like. */
const idle = async (listen: boolean) => {
  const pool = openPool();
  let statements = 0;
  const counting: NodePostgresPool = {
    connect: async () => {
      const client: NodePostgresClient = await pool.connect();
      return new Proxy(client, {
        get: (_, property) => {
          if (property === 'query') statements += 1;
          const value: unknown = Reflect.get(client, property);
          return typeof value === 'function' ? value.bind(client) : value;
        },
      });
    },
  };
  const workers = openProcess(counting, listen).startWorkers();
  await sleep(1_000);
  statements = 0;
  await sleep(IDLE_MS);
  const perSecond = statements / (IDLE_MS / 1_000);
  await workers.stop();
  await pool.end();
  return Number(perSecond.toFixed(2));
};

console.log(JSON.stringify({ name: 'NOTIFY', n: N, ...(await wakeUp(true)) }));
console.log(JSON.stringify({ name: 'poll alone', n: N, ...(await wakeUp(false)) }));
await admin.query('delete from bench_builds.messages');
console.log(JSON.stringify({ name: 'idle, NOTIFY', statements_per_s: await idle(true) }));
console.log(JSON.stringify({ name: 'idle, poll alone', statements_per_s: await idle(false) }));
await admin.end();
