import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe } from 'vitest';
import { freePort, serverUser } from '../../examples/express-host/stand-ins/embedded-server.js';
import { describeWithPostgres } from './database.js';
import { stopByPipe, whenReady } from './piped-server.js';

/** A PgBouncer in transaction mode in front of one server. */
export interface PgBouncer {
  /** The way through it to the database that `url` names. */
  readonly through: (url: string) => string;
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

/** Debian keeps it out of the way of ordinary users. */
const program = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']
  .map((folder) => join(folder, 'pgbouncer'))
  .find(isProgram);

/** `describe` for tests that need PgBouncer and Postgres: skipped by name, and listed, where one of them is missing. */
export const describeWithPgBouncer = program === undefined ? describe.skipIf(true) : describeWithPostgres;

// Held on a pipe, as the embedded server is: when it closes, even because this process was killed, all of it is gone.
const UNTIL_PIPE_CLOSES = `
folder=$1; shift
exec 3<&0
"$@" 3<&- &
pooler=$!
{ read -r _ <&3; kill -TERM "$pooler"; } &
watcher=$!
exec 3<&-
wait "$pooler"
kill "$watcher" 2>/dev/null
rm -rf "$folder"`;

/**
 * Starts PgBouncer on a free loopback port, for every database of the server of `url`.
 *
 * Five connections to the server, so that everybody shares them.
 */
export const startPgBouncer = async (url: string): Promise<PgBouncer> => {
  if (program === undefined) throw new Error('there is no pgbouncer on this machine');
  const folder = await mkdtemp(join(tmpdir(), 'wrk-builds-pgbouncer-'));
  const { hostname, port: serverPort, username, password } = new URL(url);
  const port = await freePort();
  const secret = randomBytes(16).toString('hex');
  const user = decodeURIComponent(username);
  const login = [`host=${hostname}`, `port=${serverPort || 5432}`, `user=${user}`];
  if (password !== '') login.push(`password=${decodeURIComponent(password)}`);
  const settings = `
[databases]
* = ${login.join(' ')}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${join(folder, 'users')}
pool_mode = transaction
default_pool_size = 5
max_client_conn = 500
server_idle_timeout = 5
`;
  await writeFile(join(folder, 'users'), `"${user}" "${secret}"\n`, { mode: 0o600 });
  await writeFile(join(folder, 'pgbouncer.ini'), settings, { mode: 0o600 });
  // It refuses to run as root, as Postgres does.
  const runner = serverUser();
  if (runner.uid !== undefined) execFileSync('chown', ['-R', `${runner.uid}:${runner.gid}`, folder]);
  const pooler = spawn(
    '/bin/sh',
    ['-c', UNTIL_PIPE_CLOSES, 'sh', folder, program, join(folder, 'pgbouncer.ini')],
    { ...runner, cwd: folder, stdio: ['pipe', 'ignore', 'pipe'] },
  );
  try {
    await whenReady(pooler, { name: 'pgbouncer', says: 'process up', on: 'stderr' });
  } catch (problem) {
    await rm(folder, { recursive: true, force: true });
    throw problem;
  }
  return {
    through: (database) => {
      const pooled = new URL(database);
      pooled.host = `127.0.0.1:${port}`;
      pooled.username = username;
      pooled.password = secret;
      return pooled.href;
    },
    stop: () => stopByPipe(pooler),
  };
};
