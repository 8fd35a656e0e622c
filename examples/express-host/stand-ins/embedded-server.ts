import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdtemp, realpath, rm, statfs, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyBinaries } from './embedded-binaries.js';

/** A running server of our own: `url` leads to its `postgres` database as superuser. */
export type EmbeddedServer = { readonly url: string; readonly stop: () => Promise<void> };

type User = { readonly uid?: number; readonly gid?: number };

/** Postgres refuses to run as root, so root hands it to `nobody`. */
export const serverUser = (): User => {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
};

export const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('the system gave no free port');
  return address.port;
};

// The shell holds the server on a pipe from this process. When the pipe closes, even because this process was
// killed outright, it stops the server by its pid and removes the folder: no run leaves anything behind.
const untilPipeCloses = `
folder=$1; shift
data=$(readlink -f "$folder/data")
exec 3<&0
"$@" 3<&- &
server=$!
{ read -r _ <&3; kill -QUIT "$server"; } &
watcher=$!
exec 3<&-
wait "$server"
code=$?
kill "$watcher" 2>/dev/null
rm -rf "$data" "$folder"
exit "$code"`;

export const listening = (server: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let log = '';
    const settle = (end: () => void) => {
      server.off('error', reject).off('exit', died);
      server.stderr?.off('data', read).resume();
      end();
    };
    const read = (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes('database system is ready to accept connections')) settle(resolve);
    };
    const died = (code: number | null) =>
      settle(() => reject(new Error(`postgres ended with ${code}: ${log.trim()}`)));
    server.stderr?.on('data', read);
    server.once('error', reject);
    server.once('exit', died);
  });

export const initialise = async (
  bin: string,
  folder: string,
  password: string,
  user: User,
): Promise<void> => {
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (user.uid !== undefined) execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, folder]);
  const options = ['--username=postgres', '--auth=password', '--no-locale', '--encoding=UTF8', '--no-sync'];
  execFileSync(
    join(bin, 'initdb'),
    [`--pgdata=${join(folder, 'data')}`, `--pwfile=${passwordFile}`, ...options],
    { ...user, cwd: folder, stdio: 'pipe' },
  );
};

const MEMORY = '/dev/shm';
const NEEDED_BYTES = 2 ** 31;

/**
 * Keeps the data in memory if that has enough free space, which in a container it often has not. On ext4, a server
 * that creates and drops hundreds of databases spends half of its time looking for inodes.
 */
const keepInMemory = async (folder: string, { uid, gid }: User): Promise<void> => {
  const { bavail, bsize } = await statfs(MEMORY).catch(() => ({ bavail: 0, bsize: 0 }));
  if (bavail * bsize < NEEDED_BYTES) return;
  const data = await mkdtemp(join(MEMORY, 'wrk-builds-postgres-'));
  if (uid !== undefined && gid !== undefined) await chown(data, uid, gid);
  await symlink(data, join(folder, 'data'));
};

const launch = async (bin: string, folder: string, user: User) => {
  const port = await freePort();
  // The data is gone with the process, so nothing waits for the disk.
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'fsync=off',
    'synchronous_commit=off',
    'full_page_writes=off',
  ];
  const command = [join(bin, 'postgres'), '-D', join(folder, 'data')];
  const server = spawn(
    '/bin/sh',
    ['-c', untilPipeCloses, 'sh', folder, ...command, ...settings.flatMap((setting) => ['-c', setting])],
    // In a group of its own: Ctrl-C is for this process, which still has work for the server.
    { ...user, cwd: folder, stdio: ['pipe', 'ignore', 'pipe'], detached: true },
  );
  await listening(server);
  return { server, port };
};

/**
 * Starts a fresh server on a free loopback port, from binaries that came with `npm ci`, in a temporary folder
 * that `stop` removes. `binaries` is the folder of a package with others.
 *
 * @throws Error when this machine cannot run it; the message says why.
 */
export const startEmbeddedServer = async (binaries?: string): Promise<EmbeddedServer> => {
  if (process.platform === 'win32') throw new Error('the embedded Postgres is not set up for Windows');
  const folder = await mkdtemp(join(tmpdir(), 'wrk-builds-postgres-'));
  try {
    const user = serverUser();
    const bin = await copyBinaries(folder, binaries);
    const password = randomBytes(16).toString('hex');
    await keepInMemory(folder, user);
    await initialise(bin, folder, password, user);
    const { server, port } = await launch(bin, folder, user);

    return {
      url: `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`,
      async stop() {
        if (server.exitCode !== null) return;
        const ended = once(server, 'exit');
        server.stdin?.end();
        await ended;
      },
    };
  } catch (error) {
    const data = await realpath(join(folder, 'data')).catch(() => folder);
    for (const each of [data, folder]) await rm(each, { recursive: true, force: true });
    throw error;
  }
};
