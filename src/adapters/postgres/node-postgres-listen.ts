import { within } from './bounds.js';
import type { ChannelListener, Listening } from './database.js';
import { acquire, type Bounds, hung, type NodePostgresPool } from './node-postgres-client.js';
import { quoted } from './tables.js';

/** Waits between two tries, and looks whether the connection still lives, in milliseconds. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
const HEARTBEAT_MS = 60_000;
/** Whoever stops does not wait longer than this for a server that does not answer. */
const LONGEST_GOODBYE_MS = 1_000;

/**
 * Listens on one client of the pool, and takes another one when that is dropped, after a pause that doubles, give or
 * take a half, so that processes do not come back in step.
 *
 * One that holds for less than the longest pause counts as another failure: a server that accepts connections and drops
 * them again is not asked in a tight loop, and is told of once.
 */
export function listenOn(
  pool: NodePostgresPool,
  channel: string,
  listener: ChannelListener,
  bounds: Bounds,
): Listening {
  const stopping = new AbortController();
  const keepListening = async () => {
    for (let failures = 0; !stopping.signal.aborted; ) {
      const startedAt = performance.now();
      try {
        await listenOnce(pool, channel, listener, bounds, stopping.signal);
      } catch (problem) {
        failures = performance.now() - startedAt > LONGEST_PAUSE_MS ? 1 : failures + 1;
        if (failures === 1) listener.onProblem(problem);
        await pauseAfter(failures, stopping.signal);
      }
    }
  };
  const listening = keepListening();
  return {
    stop: () => {
      stopping.abort();
      return listening;
    },
  };
}

/** Resolves when it is told to stop, and rejects when the connection is not to be had or breaks. */
async function listenOnce(
  pool: NodePostgresPool,
  channel: string,
  listener: ChannelListener,
  bounds: Bounds,
  signal: AbortSignal,
): Promise<void> {
  const client = await acquire(pool, bounds);
  const run = (text: string, ms: number) => within(ms, client.query({ text, values: [] }), () => hung(ms));
  let heartbeat: NodeJS.Timeout | undefined;
  let destroy = true;
  const hear = (heard: { readonly channel: string; readonly payload?: string | undefined }) => {
    if (heard.channel === channel && !signal.aborted) listener.onNotification(heard.payload ?? '');
  };
  let drop = (_problem: Error) => {};
  const dropped = new Promise<never>((_, reject) => {
    drop = reject;
  });
  const ended = () => drop(new Error('the connection was closed'));
  dropped.catch(() => {});
  client.on?.('notification', hear);
  client.on?.('error', drop);
  client.on?.('end', ended);
  try {
    await Promise.race([run(`listen ${quoted(channel)}`, bounds.statementMs), dropped]);
    if (!signal.aborted) listener.onListening();
    // A connection that is cut off in the network says nothing by itself.
    heartbeat = setInterval(() => void run('select 1', bounds.statementMs).catch(drop), HEARTBEAT_MS);
    await Promise.race([aborted(signal), dropped]);
    await run(`unlisten ${quoted(channel)}`, Math.min(bounds.statementMs, LONGEST_GOODBYE_MS));
    destroy = false;
  } catch (problem) {
    if (!signal.aborted) throw problem;
  } finally {
    clearInterval(heartbeat);
    client.off?.('notification', hear);
    client.off?.('end', ended);
    client.off?.('error', drop);
    client.release(destroy);
  }
}

function pauseAfter(failures: number, signal: AbortSignal): Promise<void> {
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
  return within(pause * (0.5 + Math.random()), aborted(signal), () => new Error('over')).catch(() => {});
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
