import { ignoreErrors } from '../../../copies/ignore-errors.js';
import type { Runtime } from '../../../runtime/runtime.js';
import { within } from '../../../runtime/waiting.js';
import { classifyError } from '../errors/classify-error.js';
import { databaseError } from '../errors/database-error.js';
import { isAboutSession, isRefusal } from '../errors/refusal.js';
import type { Value } from './database.js';

/** A notification of node-postgres. */
export interface NodePostgresNotification {
  readonly channel: string;
  readonly payload?: string | undefined;
}

/** Adds or removes a listener of a node-postgres client. */
export interface NodePostgresEvents {
  (event: 'error', listener: (problem: Error) => void): unknown;
  (event: 'end', listener: () => void): unknown;
  (event: 'notification', listener: (notification: NodePostgresNotification) => void): unknown;
}

/** What is used of a node-postgres `PoolClient`. */
export interface NodePostgresClient {
  readonly query: (config: NodePostgresQuery) => Promise<{ readonly rows: unknown[] }>;
  readonly release: (destroy?: boolean | Error) => void;
  /** Every node-postgres client has `on` and `off`; a test double may leave them out. */
  readonly on?: NodePostgresEvents;
  readonly off?: NodePostgresEvents;
  /** `I` outside of a transaction, `T` inside one, `E` inside one that has failed; older versions do not have it. */
  readonly getTransactionStatus?: () => string | null;
}

/** One statement in the form that node-postgres accepts. */
export interface NodePostgresQuery {
  name?: string;
  text: string;
  values: Value[];
}

/** Adds or removes a listener of a node-postgres pool. */
export interface NodePostgresPoolEvents {
  (event: 'acquire', listener: (client: Pick<NodePostgresClient, 'on' | 'off'>) => void): unknown;
  (event: 'error', listener: (problem: Error) => void): unknown;
}

/** What is used of a node-postgres `Pool`. */
export interface NodePostgresPool {
  readonly connect: () => Promise<NodePostgresClient>;
  /** Every node-postgres pool has `on` and `off`; a test double may leave them out. */
  readonly on?: NodePostgresPoolEvents;
  readonly off?: NodePostgresPoolEvents;
  /** The number of callers waiting for a connection. Distinguishes a full pool from a server that does not answer. */
  readonly waitingCount?: number;
  readonly options?: { readonly max?: number };
  /** Whether the host is ending the pool, which waits for every checked-out connection. */
  readonly ending?: boolean;
}

/** How long things may take, in milliseconds, and on whose timers. */
export interface Bounds {
  readonly runtime: Runtime;
  readonly acquireMs: number;
  readonly statementMs: number;
}

/** One checked-out connection of the pool. */
export interface Connection {
  /** Runs one statement within `ms` milliseconds; `null` means no limit. */
  readonly run: (query: NodePostgresQuery, ms: number | null) => Promise<readonly unknown[]>;
  /** Whether a failure has left the connection in an unknown state, or nobody may use it again. */
  readonly isBroken: () => boolean;
  /** Whether a statement was refused because of the session: another session may accept it. */
  readonly isUnfit: () => boolean;
}

/**
 * Keeps an `error` event of the pool or its clients from ending the host's process. Called again for the same pool, it
 * changes nothing.
 *
 * The race: the pool listens to idle clients only. A server that ends a session right after it is ready does so before
 * whoever waits for the client has it, so the listener is there from the moment at which the pool hands it out. What breaks
 * fails its statement as well, and that is what is reported.
 */
export function outliveErrors(pool: NodePostgresPool): void {
  pool.off?.('acquire', ignoreErrors);
  pool.on?.('acquire', ignoreErrors);
  ignoreErrors(pool);
}

/**
 * Takes a client out of the pool, within a bounded time. One that was given back with its transaction still open is
 * destroyed: what runs in it would be lost with it, however well it went.
 */
export async function acquire(pool: NodePostgresPool, bounds: Bounds): Promise<NodePostgresClient> {
  for (let left = pool.options?.max ?? 10; left >= 0; left -= 1) {
    const client = await connect(pool, bounds);
    ignoreErrors(client);
    if (!['T', 'E'].includes(client.getTransactionStatus?.() ?? 'I')) return client;
    client.release(true);
  }
  throw databaseError(
    'other',
    'Every connection of the pool is handed out with a transaction open: end each transaction before its client is released.',
    { statement: 'not_sent' },
  );
}

async function connect(pool: NodePostgresPool, { runtime, acquireMs }: Bounds): Promise<NodePostgresClient> {
  const connecting = pool.connect();
  try {
    return await within(runtime, acquireMs, connecting, () => notAcquired(pool, acquireMs));
  } catch (problem) {
    // A client that arrives late goes back to the pool.
    connecting.then(
      (client) => client.release(),
      () => {},
    );
    throw classifyError(problem, { connecting: true });
  }
}

/** Runs `work` on one connection, which then goes back to the pool, or is destroyed if it is broken. */
export async function onConnection<T>(
  pool: NodePostgresPool,
  bounds: Bounds,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const client = await acquire(pool, bounds);
  let broken = false;
  let unfit = false;
  try {
    return await work({
      isBroken: () => broken,
      isUnfit: () => unfit,
      run: async (query, ms) => {
        try {
          const running = client.query(query);
          return (await (ms === null ? running : within(bounds.runtime, ms, running, () => hung(ms)))).rows;
        } catch (problem) {
          unfit ||= isAboutSession(problem);
          broken ||= unfit || !isRefusal(problem);
          throw problem;
        }
      },
    });
  } finally {
    // Destroying a client that still waits for an answer closes its socket and ends the wait.
    client.release(broken);
  }
}

/** The error for a statement that took longer than `ms`. It may have succeeded. */
export function hung(ms: number): Error {
  return databaseError(
    'connection_hung',
    `The database did not answer within ${ms} ms, and the connection was closed: check pg_stat_activity for locks and slow statements, and check the network.`,
    { statement: 'unknown' },
  );
}

function notAcquired({ waitingCount = 0, options }: NodePostgresPool, ms: number): Error {
  const max = options?.max === undefined ? '' : `, of ${options.max} in all,`;
  return waitingCount > 0
    ? databaseError(
        'pool_exhausted',
        `No connection of the pool${max} became free within ${ms} ms, and ${waitingCount} callers are waiting: raise its \`max\`, or find what holds its connections.`,
        { statement: 'not_sent' },
      )
    : databaseError(
        'unreachable',
        `No connection to the database could be opened within ${ms} ms: check that it is running, and check the address that the pool connects to.`,
        { statement: 'not_sent' },
      );
}
