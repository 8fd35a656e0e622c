import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from '../../examples/express-host/stand-ins/embedded-server.js';
import { oneAtATime } from './one-at-a-time.js';
import { stopByPipe, whenReady } from './piped-server.js';

/** A Redis of our own. It keeps nothing when it ends. */
export interface RedisServer {
  readonly url: string;
  /** Ends it at once and starts it again, empty, on the same address. */
  readonly restart: () => Promise<void>;
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

/** Where `redis-server` is on this machine, if anywhere. */
export const redisProgram = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'redis-server'))
  .find(isProgram);

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

/** Starts one on a free loopback port. */
export const startRedisServer = async (): Promise<RedisServer> => {
  const port = await freePort();
  let server = await launch(port);
  const serially = oneAtATime();
  const stop = () => stopByPipe(server);
  return {
    url: `redis://127.0.0.1:${port}`,
    restart: () =>
      serially(async () => {
        await stop();
        server = await launch(port);
      }),
    stop,
  };
};

const launch = async (port: number) => {
  if (redisProgram === undefined) throw new Error('there is no redis-server on this machine');
  const folder = await mkdtemp(join(tmpdir(), 'wrk-builds-redis-'));
  const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  const server = spawn('/bin/sh', ['-c', UNTIL_PIPE_CLOSES, 'sh', folder, redisProgram, ...settings], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  await whenReady(server, { name: 'redis-server', says: 'Ready to accept connections', on: 'stdout' });
  return server;
};
