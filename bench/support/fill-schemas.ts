import type { Pool } from 'pg';
import { createHostTables, migrate, nodePostgres } from 'wrk-builds/postgres';
import { schemas } from './schemas.js';

/** A version whose build can be requested. */
export interface ReadyVersion {
  readonly id: string;
  readonly tenant_id: string;
}

/**
 * Drops and makes the schemas of a bench, with so many projects that are ready for build, of 50 tenants, each with a
 * blueprint of 12 nodes and a signed quote.
 */
export async function fillSchemas(pool: Pool, projects: number): Promise<ReadyVersion[]> {
  await pool.query('drop schema if exists bench_host cascade; drop schema if exists bench_builds cascade');
  const database = nodePostgres(pool);
  await createHostTables(database, schemas);
  await migrate(database, schemas);
  await pool.query(`
create temp table s as select md5('a'||i)::uuid a, md5('p'||i)::uuid p, md5('v'||i)::uuid v, md5('q'||i)::uuid q,
  md5('t'||(i%50))::uuid t, i from generate_series(1, ${projects}) i;
insert into bench_host.automations select a, t, 'Automation '||i from s;
insert into bench_host.projects select p, t, a, 'Project '||i, 'Ready for Build', 0, md5('o'||i)::uuid from s;
insert into bench_host.automation_versions select v, t, a, p, 'Ready for Build', jsonb_build_object(
  'nodes', (select jsonb_agg(jsonb_build_object('id','n'||k,'type',case when k=1 then 'trigger' else 'action' end,'name','Step '||k)) from generate_series(1,12) k),
  'edges', (select jsonb_agg(jsonb_build_object('id','e'||k,'source','n'||k,'target','n'||(k+1))) from generate_series(1,11) k)) from s;
insert into bench_host.quotes select q, t, v, 'signed' from s;
analyze bench_host.automations, bench_host.projects, bench_host.automation_versions, bench_host.quotes;`);
  const { rows } = await pool.query<ReadyVersion>(
    'select id, tenant_id from bench_host.automation_versions order by id',
  );
  return rows;
}
