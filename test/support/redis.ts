import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Redis } from 'ioredis';
import { describe } from 'vitest';
import { freePort } from '../../examples/express-host/stand-ins/embedded-server.js';
import { describeWithPostgres } from './database.js';
import { stopByPipe, whenReady } from './piped-server.js';

/** A Redis for one test file. */
export interface RedisForTests {
  readonly url: string;
  /** Removes everything in it. */
  readonly flush: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const program = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'redis-server'))
  .find(isProgram);

const hasRedis = process.env.REDIS_URL !== undefined || program !== undefined;

/** `describe` for tests that need Redis: skipped by name, and listed, where there is none. */
export const describeWithRedis = describe.skipIf(!hasRedis);

/** `describe` for tests that need Redis and Postgres. */
export const describeWithRedisAndPostgres = hasRedis ? describeWithPostgres : describeWithRedis;

// Held on a pipe, as the embedded Postgres is: when it closes, even because this process was killed, all of it is gone.
const UNTIL_PIPE_CLOSES = `
folder=$1; shift
exec 3<&0
"$@" 3<&- &
server=$!
{ read -r _ <&3; kill -KILL "$server"; } &
watcher=$!
exec 3<&-
wait "$server"
kill "$watcher" 2>/dev/null
rm -rf "$folder"`;

/**
 * A Redis of a test file's own: a database of the server that `REDIS_URL` names, which is emptied, or else a server that is
 * started on a free loopback port.
 */
export const startRedis = async (): Promise<RedisForTests> => {
  const server = process.env.REDIS_URL === undefined ? await startServer() : null;
  const url = new URL(server?.url ?? process.env.REDIS_URL ?? '');
  // Files that run at the same time have different numbers, and a server has 16 databases.
  if (!server) url.pathname = `/${Number(process.env.VITEST_POOL_ID ?? 0) % 16}`;
  const client = new Redis(url.href, { maxRetriesPerRequest: null });
  client.on('error', () => {});
  await client.flushdb();
  return {
    url: url.href,
    flush: async () => void (await client.flushdb()),
    stop: async () => {
      await client.quit();
      await server?.stop();
    },
  };
};

const startServer = async () => {
  if (program === undefined) throw new Error('there is no redis-server on this machine');
  const folder = await mkdtemp(join(tmpdir(), 'wrk-builds-redis-'));
  const port = await freePort();
  const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  const server = spawn('/bin/sh', ['-c', UNTIL_PIPE_CLOSES, 'sh', folder, program, ...settings], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  await whenReady(server, { name: 'redis-server', says: 'Ready to accept connections', on: 'stdout' });
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: () => stopByPipe(server),
  };
};
