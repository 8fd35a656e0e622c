import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { grantsSql, nodePostgres, verifySchema } from '../../../../src/adapters/postgres/index.js';
import {
  AGENCY_HOST,
  DEFAULT_HOST,
  FOREIGN_HOST,
  TEXT_ID_HOST,
} from '../../../contracts/support/host-shapes.js';
import { describeWithPostgres } from '../../../support/database.js';
import { openSchema, poolFor } from '../support.js';
import { openWithRows } from './open-with-rows.js';

/** Every row of every table, with its version. */
async function everything(owner: pg.Pool): Promise<readonly unknown[]> {
  const { rows: tables } = await owner.query<{ name: string }>(`
    select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') order by 1`);
  return Promise.all(
    tables.map(async ({ name }) => [
      name,
      (await owner.query(`select xmin, * from ${name} order by ctid`)).rows,
    ]),
  );
}

/** What is heard on all channels while something is done. */
async function heardDuring(
  owner: pg.Pool,
  url: string,
  work: () => Promise<void>,
): Promise<readonly string[]> {
  const listener = new pg.Client({ connectionString: url });
  await listener.connect();
  const heard: string[] = [];
  const ended = new Promise<void>((resolve) => {
    listener.on('notification', ({ channel }) => {
      if (channel === 'the_end') resolve();
      else heard.push(channel);
    });
  });
  try {
    await listener.query('listen wrk_builds; listen of_the_host; listen the_end');
    await work();
    // Notifications come in the order of their commits.
    await owner.query('notify the_end');
    await ended;
  } finally {
    await listener.end();
  }
  return heard;
}

/** Tells of every write, as triggers of hosts do. */
const TELLING = (tables: readonly string[]) => `
  create function tell() returns trigger language plpgsql as $$ begin perform pg_notify('of_the_host', tg_table_name); return null; end $$;
  ${tables.map((table) => `create trigger tell after insert or update on ${table} for each row execute function tell();`).join('\n')}`;

const SHAPES = [
  { name: 'the default tables', shape: DEFAULT_HOST },
  { name: 'the tables of a foreign host', shape: FOREIGN_HOST },
  { name: 'the tables of an agency', shape: AGENCY_HOST },
  { name: 'ids of text', shape: TEXT_ID_HOST },
];

describeWithPostgres('The trial of a build', () => {
  it.each(SHAPES)('C6: leaves no row and tells nobody, on $name', async ({ shape }) => {
    const { url, owner, role, close } = await openWithRows(shape);
    const { tables } = shape;
    await owner.query(TELLING([tables.projects, tables.automationVersions, tables.tasks]));
    await owner.query(grantsSql(role, shape.options));
    const address = new URL(url);
    address.username = role;
    address.password = 'of-a-test';
    const pool = poolFor(address.href);
    onTestFinished(async () => {
      await pool.end();
      await close();
    });

    const before = await everything(owner);
    const heard = await heardDuring(owner, url, async () => {
      for (const database of [pool, owner].map((each) => nodePostgres(each))) {
        const { mismatches, trial } = await verifySchema(database, shape.options);
        expect({ mismatches, trial }).toEqual({ mismatches: [], trial: 'passed' });
      }
    });
    expect(heard).toEqual([]);
    expect(await everything(owner)).toEqual(before);
    const { rows: left } = await owner.query(
      `select from pg_locks where locktype = 'relation' and database = (select oid from pg_database where datname = current_database()) and pid <> pg_backend_pid()`,
    );
    expect(left).toEqual([]);
  });

  it.each(SHAPES)('C6: makes up what a host without rows has not got, on $name', async ({ shape }) => {
    const { owner, options } = await openSchema(shape);
    const before = await everything(owner);
    const { mismatches, trial } = await verifySchema(nodePostgres(owner), options);
    expect({ mismatches, trial }).toEqual({ mismatches: [], trial: 'passed' });
    expect(await everything(owner)).toEqual(before);
  });
});
