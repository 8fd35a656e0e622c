import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { migrate, migrationSql, nodePostgres, verifySchema } from '../../../src/adapters/postgres/index.js';
import { migrationsFor } from '../../../src/adapters/postgres/schema/migrations.js';
import { DEFAULT_HOST, FOREIGN_HOST, TEXT_ID_HOST } from '../../contracts/support/host-shapes.js';
import { createDatabase, describeWithPostgres } from '../../support/database.js';
import { openSchema, poolFor } from './support.js';
import { wholeScenario } from './whole-scenario.js';

const KNOWN = migrationsFor('uuid').length;

async function openEmpty(): Promise<pg.Pool> {
  const { url, drop } = await createDatabase();
  const pool = poolFor(url);
  onTestFinished(async () => {
    await pool.end();
    await drop();
  });
  return pool;
}

/** Everything about the tables of a schema that a migration could have made otherwise. */
const shapeOf = async (pool: pg.Pool, schema: string) =>
  (
    await pool.query(
      `select c.relname, (select string_agg(format('%s %s %s', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull), ', ' order by a.attname)
                            from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
              (select string_agg(pg_get_constraintdef(k.oid), ', ' order by k.conname) from pg_constraint k where k.conrelid = c.oid) as constraints,
              (select string_agg(replace(pg_get_indexdef(i.indexrelid), $1, ''), ', ' order by i.indexrelid::regclass::text)
                 from pg_index i where i.indrelid = c.oid) as indexes
         from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relkind = 'r' order by 1`,
      [schema],
    )
  ).rows;

describeWithPostgres('The migrations', () => {
  it.each([
    ['uuid', DEFAULT_HOST],
    ['text', TEXT_ID_HOST],
  ] as const)(
    'printed for ids of %s make the same tables as migrate, and may be run again',
    async (_, { options }) => {
      const pool = await openEmpty();
      await migrate(nodePostgres(pool), { ...options, schema: 'by_function' });
      const sql = migrationSql({ ...options, schema: 'by_hand' });
      for (let run = 1; run <= 2; run += 1) await pool.query(sql);
      const byHand = await shapeOf(pool, 'by_hand');
      expect(byHand).toEqual(await shapeOf(pool, 'by_function'));
      expect(byHand.length).toBeGreaterThan(5);
      await migrate(nodePostgres(pool), { ...options, schema: 'by_hand' });
      expect(await shapeOf(pool, 'by_hand')).toEqual(byHand);
    },
  );

  it('only add: what was written under the first is there after the last', async () => {
    const pool = await openEmpty();
    const [first] = migrationsFor('uuid');
    await pool.query(`create schema wrk_builds; set search_path to wrk_builds; ${first?.sql};
      create table migrations (number integer primary key, migrated_at timestamptz not null default now());
      insert into migrations (number) values (1); reset search_path`);
    const [binding, message] = [randomUUID(), randomUUID()];
    await pool.query(
      `insert into wrk_builds.workflow_bindings (id, tenant_id, automation_version_id, status, run, fence, run_at, decision_id,
         request_id, came_from_version_status, came_from_project_status)
       values ($1, $1, $1, 'pending', 1, 1, now(), $1, 'r', 'a', 'b')`,
      [binding],
    );
    await pool.query(
      `insert into wrk_builds.messages (queue, key, tenant_id, body, run_at) values ('q', 'k', $1, '{}', now())`,
      [message],
    );
    await DEFAULT_HOST.createTables(nodePostgres(pool));
    await migrate(nodePostgres(pool));
    expect((await pool.query('select id, status from wrk_builds.workflow_bindings')).rows).toEqual([
      { id: binding, status: 'pending' },
    ]);
    expect((await pool.query('select tenant_id, key from wrk_builds.messages')).rows).toEqual([
      { tenant_id: message, key: 'k' },
    ]);
    expect((await verifySchema(nodePostgres(pool))).mismatches).toEqual([]);
  });

  it('of the next version leave this one working: it builds, migrates and verifies on them', async () => {
    const { owner } = await openSchema(FOREIGN_HOST);
    await owner.query(`
      alter table wrk_builds.workflow_bindings add column later text;
      alter table wrk_builds.messages add column later integer not null default 0;
      create table wrk_builds.later (id uuid primary key);
      create index on wrk_builds.workflow_calls (fence);
      insert into wrk_builds.migrations (number) values (${KNOWN + 1})`);
    const before = await shapeOf(owner, 'wrk_builds');
    await migrate(nodePostgres(owner), FOREIGN_HOST.options);
    expect(await shapeOf(owner, 'wrk_builds')).toEqual(before);
    expect((await verifySchema(nodePostgres(owner), FOREIGN_HOST.options)).mismatches).toEqual([]);
    expect(await wholeScenario(FOREIGN_HOST, owner, owner)).toEqual({
      statuses: ['active', 'active', 'error'],
      problems: [],
    });
  });

  it('of two versions later are refused with a sentence, and nothing is changed', async () => {
    const { owner } = await openSchema(DEFAULT_HOST);
    await owner.query(`insert into wrk_builds.migrations (number) values (${KNOWN + 2})`);
    const before = await shapeOf(owner, 'wrk_builds');
    await expect(migrate(nodePostgres(owner))).rejects.toMatchObject({
      code: 'newer_tables',
      message: `The tables in schema wrk_builds are at migration ${KNOWN + 2}, but this version of wrk-builds only knows ${KNOWN}: deploy the newer version of wrk-builds that created them.`,
    });
    expect(await shapeOf(owner, 'wrk_builds')).toEqual(before);
  });
});
