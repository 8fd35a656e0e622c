import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { SMTPServer } from 'smtp-server';
import { freePort, startEmbeddedServer } from '../examples/express-host/stand-ins/embedded-server.js';

const API_TOKEN = 'token-of-a-test';
const PATIENCE_MS = 60_000;

const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Inserts rows as the host's own code would. */
const insert = async (pool, rows) => {
  for (const [table, list] of Object.entries(rows)) {
    for (const row of list) {
      const columns = Object.keys(row).map(snake);
      const values = Object.values(row).map((value) =>
        typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
      );
      const slots = columns.map((_, index) => `$${index + 1}`);
      await pool.query(`insert into ${snake(table)} (${columns}) values (${slots})`, values);
    }
  }
};

const until = async (what, holds) => {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`After ${PATIENCE_MS / 1000} s there is no ${what}.`);
    await sleep(100);
  }
};

const startMailServer = async (mails) => {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, { envelope }, done) => {
      stream.resume().on('end', () => {
        mails.push(envelope.rcptTo[0].address);
        done();
      });
    },
  });
  const port = await freePort();
  await new Promise((listening) => server.listen(port, '127.0.0.1', listening));
  return { url: `smtp://127.0.0.1:${port}`, close: () => new Promise((closed) => server.close(closed)) };
};

/**
 * What the README's host program needs around it: a Postgres, which may be given, a WRK and a mail server, all real but for what
 * WRK does.
 */
export const openSurroundings = async (
  { createFakeWrk, startFakeWrkServer, buildableProject },
  given = null,
) => {
  const server = given ?? (await startEmbeddedServer());
  const wrk = await startFakeWrkServer(createFakeWrk());
  const mails = [];
  const mail = await startMailServer(mails);
  const admin = new pg.Client(server.url);
  await admin.connect();
  let databases = 0;

  /** Runs the program, has it build one version, and stops it. */
  const runHost = async (file, tenantId, node = process.execPath) => {
    databases += 1;
    const url = new URL(server.url);
    url.pathname = `/host_${databases}`;
    await admin.query(`create database host_${databases}`);
    const port = await freePort();
    const env = {
      DATABASE_URL: url.href,
      WRK_URL: wrk.url,
      MAIL_URL: mail.url,
      API_TOKEN,
      WRK_TOKEN: 'a',
      PORT: String(port),
    };
    const host = spawn(node, [file], { env: { ...process.env, ...env } });
    let output = '';
    for (const stream of [host.stdout, host.stderr]) stream.on('data', (chunk) => (output += chunk));
    const ended = once(host, 'exit');
    const pool = new pg.Pool({ connectionString: url.href });
    pool.on('error', () => {});
    try {
      const api = `http://127.0.0.1:${port}/api/v1`;
      await until(`API:\n${output}`, () =>
        fetch(api).then(
          () => true,
          () => false,
        ),
      );
      const { versionId, rows } = buildableProject({ tenantId });
      await insert(pool, rows);
      const before = mails.length;
      const answer = await fetch(`${api}/automation-versions/${versionId}/status`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${API_TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify({ status: 'Build in Progress' }),
      });
      if (!answer.ok) throw new Error(`PATCH answered ${answer.status}: ${await answer.text()}`);
      const statusIs = 'select from automation_versions where status = $1';
      await until(
        `build in QA:\n${output}`,
        async () => (await pool.query(statusIs, ['QA & Testing'])).rowCount === 1,
      );
      await until(`mail to ops:\n${output}`, () =>
        mails.slice(before).some((address) => address.startsWith('ops')),
      );
      host.kill('SIGTERM');
      const [code] = await ended;
      if (code !== 0) throw new Error(`It ended with ${code}:\n${output}`);
    } finally {
      host.kill('SIGKILL');
      await pool.end();
    }
  };

  const close = async () => {
    await admin.end();
    await Promise.all([wrk.close(), mail.close()]);
    if (!given) await server.stop();
  };
  return { runHost, databaseUrl: server.url, close };
};
