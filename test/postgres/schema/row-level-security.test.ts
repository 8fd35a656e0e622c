import { expect, it } from 'vitest';
import { grantsSql, rowLevelSecuritySql } from '../../../src/adapters/postgres/index.js';
import { OTHER_TENANT, TENANT } from '../../../src/testing/builders.js';
import { DEFAULT_HOST, FOREIGN_HOST } from '../../contracts/support/host-shapes.js';
import { describeWithPostgres } from '../../support/database.js';
import { openRole, openSchema } from './support.js';
import { wholeScenario } from './whole-scenario.js';

const TABLES = [
  'workflow_bindings',
  'workflow_calls',
  'messages',
  'notification_deliveries',
  'in_app_notifications',
  'idempotency_answers',
];

/** A row in each table, for one tenant. */
const rowsOf = (tenantId: string) => `
insert into wrk_builds.workflow_bindings (id, tenant_id, automation_version_id, status, run, fence, run_at, decision_id, request_id,
  came_from_version_status, came_from_project_status)
values (gen_random_uuid(), '${tenantId}', gen_random_uuid(), 'cancelled', 1, 1, now(), gen_random_uuid(), 'r', 'a', 'b');
insert into wrk_builds.workflow_calls (id, tenant_id, binding_id, run, number, fence, content_hash)
values (gen_random_uuid(), '${tenantId}', gen_random_uuid(), 1, 1, 1, 'h');
insert into wrk_builds.messages (queue, key, tenant_id, body, run_at) values ('q', '${tenantId}', '${tenantId}', '{}', now());
insert into wrk_builds.notification_deliveries (key, tenant_id, binding_id, channel, template, recipient_id, status, attempts)
values ('${tenantId}', '${tenantId}', gen_random_uuid(), 'email', 't', 'r', 'failed', 1);
insert into wrk_builds.in_app_notifications (key, tenant_id, user_id, template, data_json)
values ('${tenantId}', '${tenantId}', 'u', 't', '{}');
insert into wrk_builds.idempotency_answers (tenant_id, operation, key, body_hash, answer_json)
values ('${tenantId}', 'o', 'k', 'h', '{}');`;

describeWithPostgres('The row-level security that is printed', () => {
  it('shows a tenant role the rows of the tenant it names, and none while it names none', async () => {
    const { owner, url } = await openSchema(DEFAULT_HOST);
    const worker = await openRole(owner, url);
    const app = await openRole(owner, url);
    await owner.query(`${rowsOf(TENANT)}${rowsOf(OTHER_TENANT)}`);
    await owner.query(`grant usage on schema wrk_builds to ${app.role}`);
    await owner.query(
      `grant select, insert, update, delete on all tables in schema wrk_builds to ${app.role}`,
    );
    await owner.query(grantsSql(worker.role));
    const security = { workerRole: worker.role, tenantRoles: [app.role], setting: 'app.tenant' };
    for (let run = 1; run <= 2; run += 1) await owner.query(rowLevelSecuritySql(security));

    const client = await app.pool.connect();
    const tenantsIn = async (table: string) =>
      (await client.query(`select tenant_id from wrk_builds.${table} order by 1`)).rows.map(
        (row) => row.tenant_id,
      );
    for (const table of TABLES) expect(await tenantsIn(table), table).toEqual([]);
    for (const tenantId of [TENANT, OTHER_TENANT]) {
      await client.query('begin');
      await client.query(`select set_config('app.tenant', $1, true)`, [tenantId]);
      for (const table of TABLES) expect(await tenantsIn(table), table).toEqual([tenantId]);
      expect((await client.query('delete from wrk_builds.messages')).rowCount).toBe(1);
      await client.query('rollback');
      for (const table of TABLES) expect(await tenantsIn(table), table).toEqual([]);
    }
    await client.query(`select set_config('app.tenant', $1, false)`, [TENANT]);
    await expect(client.query(rowsOf(OTHER_TENANT))).rejects.toMatchObject({ code: '42501' });
    client.release();

    for (const table of TABLES) {
      const { rows } = await worker.pool.query(`select tenant_id from wrk_builds.${table}`);
      expect(rows, table).toHaveLength(2);
    }
  });

  it('leaves the work of the worker role as it was', async () => {
    const { owner, url, options } = await openSchema(FOREIGN_HOST);
    const { role, pool } = await openRole(owner, url);
    await owner.query(grantsSql(role, options));
    await owner.query(rowLevelSecuritySql({ workerRole: role, tenantRoles: [] }, options));
    expect(await wholeScenario(FOREIGN_HOST, owner, pool)).toEqual({
      statuses: ['active', 'active', 'error'],
      problems: [],
    });
  });

  it('covers every table that has a tenant', async () => {
    const { owner } = await openSchema(DEFAULT_HOST);
    const { rows } = await owner.query(
      `select table_name as name from information_schema.columns
        where table_schema = 'wrk_builds' and column_name = 'tenant_id' order by 1`,
    );
    const sql = rowLevelSecuritySql({ workerRole: 'w', tenantRoles: [] });
    expect(rows.length).toBeGreaterThanOrEqual(TABLES.length);
    for (const { name } of rows)
      expect(sql).toContain(`alter table "wrk_builds"."${name}" enable row level security;`);
  });
});
