import type { Runtime } from '../../../runtime/runtime.js';
import { systemRuntime } from '../../../runtime/system-runtime.js';
import type { ChannelListener, Listening, PostgresDatabase, Query, Statement, Value } from './database.js';
import { checkPglite } from './driver-options.js';

/** What a PGlite instance and its transactions have in common. */
export interface PgliteQueries {
  readonly query: (text: string, values: Value[]) => Promise<{ readonly rows: unknown[] }>;
}

/** What is used of a PGlite instance. */
export interface PgliteInstance extends PgliteQueries {
  readonly transaction: <T>(work: (tx: PgliteQueries) => Promise<T>) => Promise<T>;
  readonly exec: (text: string) => Promise<unknown>;
  readonly listen?: (
    channel: string,
    onNotification: (payload: string) => void,
  ) => Promise<() => Promise<void>>;
}

/**
 * An embedded database for demos, tests and tools. Its transactions run strictly one after another, so it shows that the
 * statements are correct, but nothing about concurrency. Two processes on one directory corrupt it.
 *
 * @throws TypeError unless it is an instance of PGlite
 */
export function pglite(instance: PgliteInstance): PostgresDatabase {
  return pgliteOn(systemRuntime, instance);
}

/** The same on a runtime that somebody else may own. */
export function pgliteOn(runtime: Runtime, instance: PgliteInstance): PostgresDatabase {
  checkPglite(instance);
  return {
    identity: instance,
    query: queryOn(runtime, instance),
    transaction: (work) => instance.transaction((tx) => work(queryOn(runtime, tx))),
    script: async (text) => void (await instance.exec(text)),
    ...(instance.listen && { listen: (channel, listener) => listenOn(instance, channel, listener) }),
  };
}

/** The only connection is never dropped, so listening is set up once. */
function listenOn(instance: PgliteInstance, channel: string, listener: ChannelListener): Listening {
  let stopped = false;
  const listen = async () => {
    const forget = await instance.listen?.(channel, (payload) => {
      if (!stopped) listener.onNotification(payload);
    });
    if (!stopped) listener.onListening();
    return forget;
  };
  const listening = listen().catch((problem: unknown) => {
    if (!stopped) listener.onProblem(problem);
    return undefined;
  });
  return {
    stop: async () => {
      stopped = true;
      const forget = await listening;
      await forget?.();
    },
  };
}

/** Runs statements on an instance, or in a transaction of it. */
export function queryOn({ yieldToEventLoop }: Runtime, queries: PgliteQueries): Query {
  return async <Row>({ text }: Statement, values: readonly Value[]) => {
    // A loop of awaits on an embedded database never leaves the microtasks, and timers would starve.
    await yieldToEventLoop();
    const { rows } = await queries.query(text, [...values]);
    return rows as Row[];
  };
}
