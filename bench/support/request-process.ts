/**
 * Drops and makes the schemas of a bench on the Postgres of DATABASE_URL, and requests N builds in them, as an API process
 * would beside the workers.
 */
import pg from 'pg';
import { createBuilds } from 'wrk-builds';
import { createHostTables, migrate, nodePostgres, postgres } from 'wrk-builds/postgres';
import { schemas } from './schemas.js';

const N = Number(process.env.N);
const CALLERS = 64;

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
await pool.query('drop schema if exists bench_host cascade; drop schema if exists bench_builds cascade');
const database = nodePostgres(pool);
await createHostTables(database, schemas);
await migrate(database, schemas);
await pool.query(`
create temp table s as select md5('a'||i)::uuid a, md5('p'||i)::uuid p, md5('v'||i)::uuid v, md5('q'||i)::uuid q,
  md5('t'||(i%50))::uuid t, i from generate_series(1, ${N}) i;
insert into bench_host.automations select a, t, 'Automation '||i from s;
insert into bench_host.projects select p, t, a, 'Project '||i, 'Ready for Build', 0, md5('o'||i)::uuid from s;
insert into bench_host.automation_versions select v, t, a, p, 'Ready for Build', jsonb_build_object(
  'nodes', (select jsonb_agg(jsonb_build_object('id','n'||k,'type',case when k=1 then 'trigger' else 'action' end,'name','Step '||k)) from generate_series(1,12) k),
  'edges', (select jsonb_agg(jsonb_build_object('id','e'||k,'source','n'||k,'target','n'||(k+1))) from generate_series(1,11) k)) from s;
insert into bench_host.quotes select q, t, v, 'signed' from s;
analyze bench_host.automations, bench_host.projects, bench_host.automation_versions, bench_host.quotes;`);
const { rows } = await pool.query<{ id: string; tenant_id: string }>(
  'select id, tenant_id from bench_host.automation_versions order by id',
);

const nobody = { deliver: async () => ({ status: 'delivered' as const }) };
const { requestBuild } = createBuilds({
  ...postgres(database, schemas),
  wrk: {
    duplicates: { by: 'idempotency-key' },
    createWorkflow: async () => ({ kind: 'not_sent', detail: 'this process only requests' }),
    findWorkflow: async () => ({ kind: 'absent' }),
  },
  notifiers: { email: nobody, inApp: nobody },
  resolveRecipients: async () => [],
});
let next = 0;
const call = async () => {
  for (let row = rows[next++]; row; row = rows[next++]) {
    const { id, tenant_id: tenantId } = row;
    const answer = await requestBuild({ tenantId, automationVersionId: id, via: 'patch_status' });
    if (answer.isErr()) throw new Error(answer.error.code);
  }
};
await Promise.all(Array.from({ length: CALLERS }, call));
await pool.query('vacuum analyze');
await pool.end();
