import connectPgSimple from 'connect-pg-simple';
import type { RequestHandler } from 'express';
import session from 'express-session';
import type pg from 'pg';
import type { Logger } from 'wrk-builds';
import { problemText } from './logger.js';

declare module 'express-session' {
  interface SessionData {
    /** Who is signed in. Roles are looked up anew for each request, so that one that was taken away is gone. */
    personId: string;
  }
}

const HOURS_MS = 3_600_000;

/** The cookie that holds the session. */
export const SESSION_COOKIE = 'host.sid';

/** Sessions, and how to end them. */
export interface Sessions {
  readonly middleware: RequestHandler;
  /** Stops removing those that are over. */
  readonly close: () => Promise<void>;
}

/** Keeps sessions in the database, where every process finds them. Nobody has one before they sign in. */
export function createSessions(pool: pg.Pool, secret: string, logger: Logger): Sessions {
  const Store = connectPgSimple(session);
  const store = new Store({
    pool,
    schemaName: 'host',
    tableName: 'sessions',
    errorLog: (...problems: unknown[]) =>
      logger.warn({ problem: problemText(problems.at(-1)) }, 'sessions_not_pruned'),
  });
  const middleware = session({
    store,
    secret,
    name: SESSION_COOKIE,
    resave: false,
    saveUninitialized: false,
    // `auto`: over https alone where the request came over https; behind a proxy see TRUST_PROXY.
    cookie: { httpOnly: true, sameSite: 'lax', secure: 'auto', maxAge: 8 * HOURS_MS },
  });
  return { middleware, close: async () => store.close() };
}
