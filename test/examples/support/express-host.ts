import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { createFakeWrk, startFakeWrkServer } from 'wrk-builds/testing';
import { secret } from 'wrk-builds/wrk-http';
import { createApp } from '../../../examples/express-host/app.js';
import { openPool, prepareDatabase } from '../../../examples/express-host/database.js';
import { createLogger } from '../../../examples/express-host/logger.js';
import { createMetrics } from '../../../examples/express-host/metrics.js';
import { peopleIn } from '../../../examples/express-host/people.js';
import { insertPeople } from '../../../examples/express-host/seed/people.js';
import { insertProject } from '../../../examples/express-host/seed/projects.js';
import { serve } from '../../../examples/express-host/serve.js';
import { createSessions } from '../../../examples/express-host/sessions.js';
import { wire } from '../../../examples/express-host/wire.js';
import { createDatabase } from '../../support/database.js';
import { startMailService } from './mail-service.js';

/** What an answer says. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** What a request brings. */
export interface Sent {
  readonly cookie?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const WRK_TOKEN = 'the-token-for-wrk';

/**
 * The example host in this process, on a database of its own, with a fake WRK and a mail service behind real HTTP.
 * `change` is SQL that changes the tables before the library sees them.
 */
export async function startExpressHost(change = '') {
  const database = await createDatabase();
  const wrk = createFakeWrk({ token: WRK_TOKEN });
  const wrkServer = await startFakeWrkServer(wrk);
  const mail = await startMailService();
  const lines: string[] = [];
  const logger = createLogger('info', { write: (line) => lines.push(line) });
  const pool: pg.Pool = openPool(database.url, logger);
  await prepareDatabase(pool);
  const people = await insertPeople(pool);
  await pool.query(change);
  const metrics = createMetrics();
  const builds = wire({
    pool,
    wrk: { url: wrkServer.url, token: secret(WRK_TOKEN) },
    mailUrl: mail.url,
    logger,
    metrics,
  });
  const sessions = createSessions(pool, randomUUID(), logger);
  let stopping = false;
  const { url, stop: stopServer } = await serve({ port: 0, address: '127.0.0.1' }, (own) =>
    createApp({
      builds,
      people: peopleIn(pool),
      sessions,
      metrics,
      logger,
      isOwnOrigin: (origin) => origin === own,
      isStopping: () => stopping,
      healthToken: null,
      healthCacheMs: 0,
      trustProxy: 0,
    }),
  );

  /** Sends one request, a change from a page of the host's own; `undefined` as a body sends none. */
  const send = async (
    method: string,
    path: string,
    { cookie, headers, body }: Sent = {},
  ): Promise<Answer> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        origin: url,
        ...(cookie === undefined ? {} : { cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : { text } };
  };
  const login = (email: string, password = people.password, cookie?: string) =>
    send('POST', '/login', { body: { email, password }, ...(cookie === undefined ? {} : { cookie }) });

  return {
    url,
    pool,
    database,
    wrk,
    mail,
    people,
    lines,
    send,
    login,
    stopServer,
    /** A cookie with which somebody is signed in. */
    cookieOf: async (email: string) => {
      const { headers } = await login(email);
      return headers.getSetCookie()[0]?.split(';')[0] ?? '';
    },
    /** A project of the seeded tenant that is ready for build. */
    project: (quote: 'signed' | 'sent' = 'signed') => {
      const { tenantId, owner } = people;
      const systems = ['Outlook', 'Slack'];
      return insertProject(pool, { tenantId, ownerId: owner.id, name: 'Invoices', systems, quote });
    },
    /** Finishes everything that waits. */
    work: async () => {
      const workers = builds.startWorkers({ pollIntervalMs: 20 });
      await workers.drain();
      await workers.stop();
    },
    startWorkers: () => builds.startWorkers({ pollIntervalMs: 20 }),
    beginToStop: () => {
      stopping = true;
    },
    stop: async () => {
      await stopServer(0);
      await sessions.close();
      await pool.end();
      mail.server.close();
      await wrkServer.close();
      await database.drop();
    },
  };
}

export type ExpressHost = Awaited<ReturnType<typeof startExpressHost>>;
