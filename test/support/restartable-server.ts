import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyBinaries } from '../../examples/express-host/stand-ins/embedded-binaries.js';
import {
  freePort,
  initialise,
  listening,
  serverUser,
} from '../../examples/express-host/stand-ins/embedded-server.js';
import { oneAtATime } from './one-at-a-time.js';

/** A server of our own that can be killed and comes back on the same address. */
export interface RestartableServer {
  readonly url: string;
  /** Ends every process of it at once, as a crash does, and starts it again; resolves when it takes connections. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

// As in the embedded server, a pipe from this process holds it: a line on it kills the server, which is then started
// again, and its end stops everything, also when this process is killed outright.
const AGAIN_FOR_EACH_LINE = `
folder=$1; shift
exec 3<&0
while :; do
  "$@" 3<&- &
  server=$!
  { if read -r _ <&3; then again=0; else again=1; fi; kill -QUIT "$server"; exit $again; } &
  watcher=$!
  wait "$server"
  kill "$watcher" 2>/dev/null
  wait "$watcher" || break
done
rm -rf "$folder"`;

/** @throws Error when this machine cannot run it; the message says why. */
export const startRestartableServer = async (): Promise<RestartableServer> => {
  if (process.platform === 'win32') throw new Error('the embedded server is not set up for Windows');
  const folder = await mkdtemp(join(tmpdir(), 'wrk-builds-restart-'));
  try {
    const user = serverUser();
    const bin = await copyBinaries(folder);
    const password = randomBytes(16).toString('hex');
    await initialise(bin, folder, password, user);
    const port = await freePort();
    // What has committed must outlive a crash of the server, though not of the machine: only the disk is not waited for.
    const settings = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', 'fsync=off'];
    const command = [join(bin, 'postgres'), '-D', join(folder, 'data')];
    const server = spawn(
      '/bin/sh',
      ['-c', AGAIN_FOR_EACH_LINE, 'sh', folder, ...command, ...settings.flatMap((each) => ['-c', each])],
      { ...user, cwd: folder, stdio: ['pipe', 'ignore', 'pipe'] },
    );
    await listening(server);
    const serially = oneAtATime();
    return {
      url: `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`,
      // A server that is killed before it is up ignores that, and nobody would be left to hear of the next restart.
      restart: () =>
        serially(async () => {
          const back = listening(server);
          server.stdin?.write('again\n');
          await back;
        }),
      stop: async () => {
        if (server.exitCode !== null) return;
        const ended = once(server, 'exit');
        server.stdin?.end();
        await ended;
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
};
