import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { describe, inject } from 'vitest';
import type { PostgresForTests } from '../global-setup/postgres.js';

/** A database of a test file's own; `drop` closes every connection to it and removes it. */
export type TestDatabase = { readonly url: string; readonly drop: () => Promise<void> };

const postgres = (await (await fetch(inject('postgresServer'))).json()) as PostgresForTests;

/** `describe` for tests that need a real Postgres: skipped by name, and listed, when there is none. */
export const describeWithPostgres = describe.skipIf('unavailable' in postgres);

/** The address of the server itself. Throws when this run has none. */
export const serverUrl = (): string => {
  if ('unavailable' in postgres)
    throw new Error(`There is no Postgres for this run: ${postgres.unavailable}`);
  return postgres.url;
};

const run = async (url: string, sql: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
};

/** Creates a copy of a database of the same server that nobody is connected to. */
export const copyOf = (url: string): Promise<TestDatabase> =>
  createDatabase(` template ${new URL(url).pathname.slice(1)}`);

/**
 * Creates an empty database with a name nobody else uses, in about 40 ms. `like` is what else `create database` is told.
 *
 * @throws Error when this run has no server; guard the tests with {@link describeWithPostgres}.
 */
export const createDatabase = async (like = ''): Promise<TestDatabase> => {
  const server = serverUrl();
  const name = `wrk_builds_${randomUUID().replaceAll('-', '')}`;
  await run(server, `create database ${name}${like}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(server, `drop database if exists ${name} with (force)`) };
};
