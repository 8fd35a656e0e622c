import pg from 'pg';
import { onTestFinished } from 'vitest';
import {
  createHostTables,
  grantsSql,
  migrate,
  nodePostgres,
  type PostgresOptions,
  postgres,
} from '../../../src/adapters/postgres/index.js';
import { createHostDatabase } from '../../contracts/support/host-database.js';
import { DEFAULT_HOST } from '../../contracts/support/host-shapes.js';
import { postgresHost, postgresLibraryRows, type RunSql } from '../../contracts/support/postgres-host.js';
import { atServer, createDatabase } from '../../support/database.js';
import * as then from '../../support/then.js';
import { until } from '../../support/until.js';
import * as when from '../../support/when.js';
import { openFaultyApp } from './faulty-app.js';

/** More claims than any refusal may cost; a build that has had so many is taken for one that never ends. */
const TOO_MANY_CLAIMS = 6;

/** What a database of a test's own is like. */
export interface OwnDatabaseOptions {
  /** Default: that of the server, which is UTF8. */
  readonly encoding?: 'LATIN1' | 'SQL_ASCII';
  /** Default: the host's tables have the default names. */
  readonly host?: PostgresOptions['host'];
  /** What the host does to its tables before anything is requested. */
  readonly prepare?: string;
}

/**
 * An app on a database of a test's own, whose host may do to its tables what it likes. The app has a role of its own, with
 * exactly the grants that it needs.
 */
export async function openOwnDatabase({ encoding, host, prepare = '' }: OwnDatabaseOptions = {}) {
  const created = encoding
    ? await createDatabase(`encoding '${encoding}' locale 'C' template template0`)
    : await createHostDatabase(DEFAULT_HOST);
  const url = new URL(created.url);
  const name = url.pathname.slice(1);
  await atServer(`create role ${name} login password 'of-a-test'`);
  const owner = new pg.Pool({ connectionString: url.href, max: 2 });
  url.username = name;
  url.password = 'of-a-test';
  const pool = new pg.Pool({ connectionString: url.href, max: 5 });
  for (const each of [owner, pool]) each.on('error', () => {});
  onTestFinished(async () => {
    await Promise.all([owner.end(), pool.end()]);
    await created.drop();
    await atServer(`drop role ${name}`);
  });
  const options = host ? { host } : {};
  const query: RunSql = async (text, values = []) => (await owner.query(text, [...values])).rows;
  if (encoding) {
    await createHostTables(nodePostgres(owner));
    await migrate(nodePostgres(owner));
  }
  await query(`${prepare}; ${grantsSql(name, options)}`);

  const app = await openFaultyApp({
    ...postgres(nodePostgres(pool, { listen: false }), options),
    host: { ...postgresHost(query), lock: () => Promise.reject(new Error('nobody locks')) },
    libraryRows: () => postgresLibraryRows(query, DEFAULT_HOST.auditRows),
  });
  return {
    ...app,
    /** The database as the app's role has it. */
    database: nodePostgres(pool),
    role: name,
    query,
    /** The row of one build; reads none of the host's tables. */
    binding: async (id: string) =>
      (await query('select * from wrk_builds.workflow_bindings where id = $1', [id]))[0],
    /** Works until no build is pending, or one was claimed too often; returns how often builds were claimed. */
    settle: async (process: Parameters<typeof when.workUntil>[0] = app): Promise<number> => {
      const workers = when.startBuilds(process, { leaseMs: 1_000, sweepIntervalMs: 100 });
      const claims = () => then.count(process, 'build_claimed');
      const before = claims();
      const pending = async () =>
        (await query(`select from wrk_builds.workflow_bindings where status = 'pending'`)).length;
      await until(async () => claims() - before >= TOO_MANY_CLAIMS || (await pending()) === 0);
      await workers.stop({ graceMs: 0 });
      return claims() - before;
    },
  };
}
