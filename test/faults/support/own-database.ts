import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import { createHostTables, migrate, nodePostgres, postgres } from '../../../src/adapters/postgres/index.js';
import { DEFAULT_HOST } from '../../contracts/support/host-shapes.js';
import { postgresHost, postgresLibraryRows, type RunSql } from '../../contracts/support/postgres-host.js';
import { serverUrl } from '../../support/database.js';
import * as then from '../../support/then.js';
import { until } from '../../support/until.js';
import * as when from '../../support/when.js';
import { openFaultyApp } from './faulty-app.js';

const administer = async (text: string): Promise<void> => {
  const client = new pg.Client({ connectionString: serverUrl() });
  await client.connect();
  await client.query(text).finally(() => client.end());
};

/** More claims than any refusal may cost; a build that has had so many is taken for one that never ends. */
const TOO_MANY_CLAIMS = 6;

/** An app on a database of a test's own, whose host may do to its tables what it likes. */
export async function openOwnDatabase(encoding?: 'LATIN1' | 'SQL_ASCII') {
  const name = `wrk_builds_${randomUUID().replaceAll('-', '')}`;
  await administer(
    `create database ${name}${encoding ? ` encoding '${encoding}' locale 'C' template template0` : ''}`,
  );
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 5 });
  pool.on('error', () => {});
  onTestFinished(async () => {
    await pool.end();
    await administer(`drop database ${name} with (force)`);
  });
  const query: RunSql = async (text, values = []) => (await pool.query(text, [...values])).rows;
  await createHostTables(nodePostgres(pool));
  await migrate(nodePostgres(pool));

  const host = { ...postgresHost(query), lock: () => Promise.reject(new Error('nobody locks')) };
  const app = await openFaultyApp({
    ...postgres(nodePostgres(pool, { listen: false })),
    host,
    libraryRows: () => postgresLibraryRows(query, DEFAULT_HOST.auditRows),
  });
  return {
    ...app,
    query,
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
