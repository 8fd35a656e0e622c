import type { Runtime } from '../../../runtime/runtime.js';
import { within } from '../../../runtime/waiting.js';
import { classifyError } from '../errors/classify-error.js';
import { databaseError } from '../errors/database-error.js';
import { isRefusal } from '../errors/refusal.js';
import type { Value } from './database.js';

/** A notification as node-postgres hands it out. */
export interface NodePostgresNotification {
  readonly channel: string;
  readonly payload?: string | undefined;
}

/** How a client of node-postgres is listened to, or not any more. */
export interface NodePostgresEvents {
  (event: 'error', listener: (problem: Error) => void): unknown;
  (event: 'end', listener: () => void): unknown;
  (event: 'notification', listener: (notification: NodePostgresNotification) => void): unknown;
}

/** The part of a node-postgres `PoolClient` that is used. */
export interface NodePostgresClient {
  readonly query: (config: NodePostgresQuery) => Promise<{ readonly rows: unknown[] }>;
  readonly release: (destroy?: boolean | Error) => void;
  /** Every client of node-postgres has these two; what stands in for one in a test may leave them out. */
  readonly on?: NodePostgresEvents;
  readonly off?: NodePostgresEvents;
}

/** One statement as node-postgres takes it. */
export interface NodePostgresQuery {
  name?: string;
  text: string;
  values: Value[];
}

/** The part of a node-postgres `Pool` that is used. */
export interface NodePostgresPool {
  readonly connect: () => Promise<NodePostgresClient>;
  /** How many wait for a connection at this moment; tells a pool that is full from a server that does not answer. */
  readonly waitingCount?: number;
  readonly options?: { readonly max?: number };
  /** Whether the host has ended it, which waits for every connection that is out. */
  readonly ending?: boolean;
}

/** How long things may take, in milliseconds, and on whose timers. */
export interface Bounds {
  readonly runtime: Runtime;
  readonly acquireMs: number;
  readonly statementMs: number;
}

/** One connection of the pool, while it is out. */
export interface Connection {
  /** Runs one statement; `ms` is how long it may take, `null` for as long as it needs. */
  readonly run: (query: NodePostgresQuery, ms: number | null) => Promise<readonly unknown[]>;
  /** Whether something failed that leaves it in a state that nobody knows. */
  readonly isBroken: () => boolean;
}

/** Takes a client out of the pool, within a bounded time. */
export async function acquire(
  pool: NodePostgresPool,
  { runtime, acquireMs }: Bounds,
): Promise<NodePostgresClient> {
  const connecting = pool.connect();
  try {
    return await within(runtime, acquireMs, connecting, () => notAcquired(pool, acquireMs));
  } catch (problem) {
    // One that comes late is not lost to the pool.
    connecting.then(
      (client) => client.release(),
      () => {},
    );
    throw classifyError(problem, { connecting: true });
  }
}

/** Works on one connection. It goes back to the pool afterwards, or is destroyed when nobody else should have it. */
export async function onConnection<T>(
  pool: NodePostgresPool,
  bounds: Bounds,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const client = await acquire(pool, bounds);
  let broken = false;
  client.on?.('error', heardFromItsQuery);
  try {
    return await work({
      isBroken: () => broken,
      run: async (query, ms) => {
        try {
          const running = client.query(query);
          return (await (ms === null ? running : within(bounds.runtime, ms, running, () => hung(ms)))).rows;
        } catch (problem) {
          broken ||= !isRefusal(problem);
          throw problem;
        }
      },
    });
  } finally {
    client.off?.('error', heardFromItsQuery);
    // A client that still waits for an answer closes its socket when it is destroyed, and waits no longer.
    client.release(broken);
  }
}

/** Says that a statement took longer than `ms`. It may have come through. */
export function hung(ms: number): Error {
  return databaseError(
    'connection_hung',
    `The database did not answer within ${ms} ms, and the connection was given up: look for locks and slow statements in pg_stat_activity, and at the network.`,
    { statement: 'unknown' },
  );
}

function notAcquired({ waitingCount = 0, options }: NodePostgresPool, ms: number): Error {
  const max = options?.max === undefined ? '' : `, of ${options.max} in all,`;
  return waitingCount > 0
    ? databaseError(
        'pool_exhausted',
        `No connection of the pool${max} came free within ${ms} ms, and ${waitingCount} callers wait: raise its \`max\`, or find what keeps its connections.`,
        { statement: 'not_sent' },
      )
    : databaseError(
        'unreachable',
        `The database made no connection within ${ms} ms: look whether it runs, and at the address that the pool connects to.`,
        { statement: 'not_sent' },
      );
}

/**
 * A client that breaks while it is checked out emits `error`, besides failing its query. The pool listens to idle clients
 * only, and with nobody listening, the event would end the host's process.
 */
function heardFromItsQuery(): void {}
