/**
 * Explains every statement of the library on a database of a large host, and writes what Postgres says to
 * docs/postgres-plans.md: FINISHED (default 1,000,000) finished builds, WAITING (default 100,000) that are due, and half as
 * many that wait for later, of 1,000 tenants. Uses an empty database that DATABASE_URL names, and fills it.
 */
import { writeFileSync } from 'node:fs';
import pg from 'pg';
import { createHostTables, migrate, nodePostgres } from 'wrk-builds/postgres';
import { explainFirst } from './plans/explain-first.js';
import { fillTables } from './plans/fill-tables.js';
import { plansPage } from './plans/page.js';
import { type FreshVersion, runStatements } from './plans/run-statements.js';

const finished = Number(process.env.FINISHED ?? 1_000_000);
const waiting = Number(process.env.WAITING ?? 100_000);
const sizes = { finished, waiting, later: waiting / 2, fresh: 1_000, tenants: 1_000 };
const PAGE = new URL('../docs/postgres-plans.md', import.meta.url);

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 5 });
const database = nodePostgres(pool, { statementMs: 3_600_000, listen: false });
const { rows: found } = await pool.query(`select to_regclass('automations') as automations`);
if (found[0]?.automations === null) {
  await createHostTables(database);
  await migrate(database);
  await fillTables(database, sizes);
}
const { rows: fresh } = await pool.query<FreshVersion>(
  `select v.id, v.tenant_id as "tenantId" from automation_versions v where status = 'Ready for Build' order by id limit 100`,
);
const explaining = explainFirst(database, pool);
await runStatements(explaining, fresh);
const plans = explaining.plans();
const { rows: version } = await pool.query<{ server_version: string }>('show server_version');
writeFileSync(PAGE, plansPage(plans, { ...sizes, server: `${version[0]?.server_version}` }));
for (const { name, label, milliseconds, pages } of plans) {
  console.log(
    `${name.replace('wrk_builds_', '').padEnd(26)} ${label.padEnd(32)} ${milliseconds.toFixed(1).padStart(8)} ms ${`${pages}`.padStart(8)} pages`,
  );
}
await pool.end();
