import type pg from 'pg';
import { beforeEach, describe, expect, it } from 'vitest';
import { grantsSql, nodePostgres, postgres, verifySchema } from '../../../../src/adapters/postgres/index.js';
import { buildableProject } from '../../../../src/testing/builders.js';
import { DEFAULT_HOST } from '../../../contracts/support/host-shapes.js';
import { describeWithPostgres } from '../../../support/database.js';
import { buildsOver } from '../../support.js';
import { poolFor } from '../support.js';
import { openWithRows } from './open-with-rows.js';

const first = buildableProject({ name: 'first' });

describeWithPostgres('A trial of a build', () => {
  let opened: Awaited<ReturnType<typeof openWithRows>>;
  let pool: pg.Pool;
  beforeEach(async () => {
    opened = await openWithRows(DEFAULT_HOST);
    await opened.owner.query(grantsSql(opened.role));
    const address = new URL(opened.url);
    address.username = opened.role;
    address.password = 'of-a-test';
    pool = poolFor(address.href);
    return async () => {
      await pool.end();
      await opened.close();
    };
  });

  const verify = (trial?: boolean) => verifySchema(nodePostgres(pool), trial === undefined ? {} : { trial });

  /** Does something while a session of the host's has locked rows. */
  async function whileHeld<T>(sql: string, work: () => Promise<T>): Promise<T> {
    const client = await opened.owner.connect();
    try {
      await client.query(`begin; ${sql}`);
      return await work();
    } finally {
      await client.query('rollback');
      client.release();
    }
  }

  const notRun = (why: RegExp) => ({
    mismatches: [],
    advice: [expect.stringMatching(why)],
    trial: 'not_run',
  });

  it.each(['projects', 'automation_versions', 'quotes'])(
    'C6: says that it was not run where every row of %s is held, and waits for none of them',
    async (table) => {
      const report = await whileHeld(`select from ${table} for update`, () => verify());
      expect(report).toEqual(
        notRun(/^The trial of a build was not run to its end, since .*: verify the schema again later\.$/),
      );
      expect(await verify()).toMatchObject({ trial: 'passed' });
    },
  );

  it('C6: takes another version where one is held', async () => {
    const report = await whileHeld(`select from projects where id = '${first.projectId}' for update`, () =>
      verify(),
    );
    expect(report).toEqual({ mismatches: [], advice: [], trial: 'passed' });
  });

  it('C6: does not wait for what its writes reference', async () => {
    await opened.owner.query(`create table tenants (id uuid primary key); insert into tenants select distinct tenant_id from projects;
      alter table audit_logs add foreign key (tenant_id) references tenants (id)`);
    const report = await whileHeld('select from tenants for update', () => verify());
    expect(report).toEqual(notRun(/since a row that it needs was held or changed by another transaction/));
    expect(await verify()).toMatchObject({ trial: 'passed' });
  });

  it('C6: ends where a trigger takes its time', async () => {
    await opened.owner.query(`create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(60); return null; end $$;
      create trigger slow after update on projects for each row execute function slow()`);
    expect(await verify()).toEqual(notRun(/since canceling statement due to statement timeout/));
  });

  it('C6: moves a version to where a build may start, if none is there, and takes that back', async () => {
    await opened.owner.query(
      `update automation_versions set status = 'Draft'; update projects set status = 'Draft'`,
    );
    expect(await verify()).toEqual({ mismatches: [], advice: [], trial: 'passed' });
    const { rows } = await opened.owner.query(
      'select distinct status from automation_versions union select status from projects',
    );
    expect(rows).toEqual([{ status: 'Draft' }]);
  });

  it('C6: says that there is no version to try, where none can be made up', async () => {
    await opened.owner.query('delete from quotes; delete from automation_versions');
    expect(await verify()).toEqual(
      notRun(
        /since no version was found that has a project and was never built, and none could be made up \(permission denied for table automations\)/,
      ),
    );
  });

  it('C6: accuses nobody where a version may not be moved to where a build may start', async () => {
    await opened.owner.query(`update automation_versions set status = 'Draft';
      create function by_people() returns trigger language plpgsql as $$ begin
        if old.status = 'Draft' then raise exception 'only people release a draft'; end if; return new; end $$;
      create trigger by_people before update on automation_versions for each row execute function by_people()`);
    expect(await verify()).toEqual(
      notRun(
        /since no version is where a build may start, and none can be moved to 'Ready for Build' \(by_people\(\) raised P0001\)/,
      ),
    );
  });

  it('C6: accuses nobody where another version passes', async () => {
    await opened.owner.query(`alter table automation_versions add approved_by text; update automation_versions set approved_by = 'x' where id <> '${first.versionId}';
      alter table automation_versions add constraint approved check (status <> 'Build in Progress' or approved_by is not null)`);
    expect(await verify()).toEqual({ mismatches: [], advice: [], trial: 'passed' });
    await opened.owner.query('update automation_versions set approved_by = null');
    expect(await verify()).toMatchObject({
      mismatches: [expect.stringMatching(/^The check approved /)],
      trial: 'failed',
    });
  });

  it('C6: lets many processes start at once, and accuses nobody', async () => {
    const reports = await Promise.all(Array.from({ length: 12 }, () => verify()));
    expect(reports.flatMap(({ mismatches }) => mismatches)).toEqual([]);
    expect(reports.map(({ trial }) => trial)).toContain('passed');
  });

  it('C6: delays a request for the same version, and refuses none', async () => {
    const { builds } = buildsOver(postgres(nodePostgres(pool)));
    const second = buildableProject({ name: 'second' });
    const requested = [first, second].map(({ tenantId, versionId }) =>
      builds.requestBuild({ tenantId, automationVersionId: versionId, trigger: 'auto_build' }),
    );
    const trials = Array.from({ length: 4 }, () => verify());
    for (const each of await Promise.all(requested)) expect(each.isOk()).toBe(true);
    for (const each of await Promise.all(trials)) expect(each.mismatches).toEqual([]);
  });

  describe('where a trigger reaches outside of the database', () => {
    const sent = async () => (await opened.owner.query(`select last_value, is_called from sent`)).rows[0];
    beforeEach(async () => {
      // A sequence stands for what no rollback takes back.
      await opened.owner.query(`create schema net; grant usage on schema net to ${opened.role}; create sequence sent; grant usage on sequence sent to ${opened.role};
        create function net.http_post(url text) returns bigint language sql as $$ select nextval('sent') $$;
        create function send() returns trigger language plpgsql as $$ begin perform net.http_post('https://host.example'); return null; end $$;
        create trigger send after update on projects for each row execute function send()`);
    });

    it('C6: is not run unless it is asked for, and names the trigger', async () => {
      expect(await verify()).toEqual({
        mismatches: [],
        advice: [
          'No trial of a build was run, since the trigger send of public.projects may do something outside of the database: if that may happen for a build that is not real, verify with `trial: true`.',
        ],
        trial: 'not_run',
      });
      expect(await verify(false)).toEqual({ mismatches: [], advice: [], trial: 'not_run' });
      expect(await sent()).toMatchObject({ is_called: false });
    });

    it('C6: is run when it is asked for', async () => {
      expect(await verify(true)).toEqual({ mismatches: [], advice: [], trial: 'passed' });
      expect(await sent()).toMatchObject({ is_called: true });
    });
  });
});
