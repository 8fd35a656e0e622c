import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { describe, inject } from 'vitest';
import type { PostgresForTests } from '../global-setup/postgres.js';

/** A database of a test file's own; `drop` closes every connection to it and removes it. */
export type TestDatabase = { readonly url: string; readonly drop: () => Promise<void> };

const postgres = (await (await fetch(inject('postgresServer'))).json()) as PostgresForTests;

/** `describe` for tests that need a real Postgres: skipped by name, and listed, when there is none. */
export const describeWithPostgres = describe.skipIf('unavailable' in postgres);

const server = () => {
  if ('unavailable' in postgres)
    throw new Error(`There is no Postgres for this run: ${postgres.unavailable}`);
  return postgres;
};

/** The address of the server itself. Throws when this run has none. */
export const serverUrl = (): string => server().url;

/** Runs a statement on the server itself. */
export const atServer = async (sql: string): Promise<void> => {
  const client = new pg.Client({ connectionString: serverUrl() });
  await client.connect();
  await client.query(sql).finally(() => client.end());
};

const nameOf = (url: string): string => new URL(url).pathname.slice(1);

/** Creates a copy of a database of the same server that nobody is connected to. */
export const copyOf = (url: string): Promise<TestDatabase> => createDatabase(`template ${nameOf(url)}`);

/**
 * Creates an empty database with a name nobody else uses, in about 40 ms. `like` is what else `create database` is told.
 *
 * @throws Error when this run has no server; guard the tests with {@link describeWithPostgres}.
 */
export const createDatabase = async (like = '', prefix = 'wrk_builds_'): Promise<TestDatabase> => {
  const url = new URL(serverUrl());
  url.pathname = `/${prefix}${randomUUID().replaceAll('-', '')}`;
  const name = nameOf(url.href);
  // The default since Postgres 15 writes every page to the log, which takes three times as long.
  const byFiles = server().version >= 15 ? 'strategy file_copy' : '';
  await atServer(`create database ${name} ${byFiles} ${like}`);
  return { url: url.href, drop: () => atServer(`drop database if exists ${name} with (force)`) };
};

const templates = new Map<unknown, Promise<string>>();

/** Creates a copy of a database that is prepared once in each process, under a key. Nothing may stay connected to that one. */
export const createPrepared = async (
  key: unknown,
  prepare: (url: string) => Promise<void>,
): Promise<TestDatabase> => {
  const template = templates.get(key) ?? prepared(prepare);
  templates.set(key, template);
  return copyOf(await template);
};

async function prepared(prepare: (url: string) => Promise<void>): Promise<string> {
  // Dropped by its prefix at the end of the run.
  const { url } = await createDatabase('', server().templates);
  await prepare(url);
  return url;
}
