import type { Runtime, Timer } from '../../../runtime/runtime.js';
import { repeat, within } from '../../../runtime/waiting.js';
import { quoted } from '../sql/quoting.js';
import type { ChannelListener, Listening } from './database.js';
import { acquire, type Bounds, hung, type NodePostgresPool } from './node-postgres-client.js';

/** The wait between two attempts, and the interval of liveness checks, in milliseconds. */
const INITIAL_PAUSE_MS = 250;
const MAX_PAUSE_MS = 30_000;
const HEARTBEAT_MS = 60_000;
/** How often to check whether the host is ending the pool, which would wait for this connection forever. */
const LOOK_AT_POOL_MS = 250;
/** The longest that stopping waits for a server that does not answer. */
const MAX_GOODBYE_MS = 1_000;

/**
 * Listens on one client of the pool. If it is dropped, it reconnects with another client after a pause that doubles, ±50 %
 * so that processes do not reconnect in step.
 *
 * A connection that lasts less than the longest pause counts as another failure: a server that accepts connections and
 * drops them again is not retried in a tight loop, and is reported once.
 */
export function listenOn(
  pool: NodePostgresPool,
  channel: string,
  listener: ChannelListener,
  bounds: Bounds,
): Listening {
  const { runtime } = bounds;
  const stop: StopCommand = { given: false, tell: () => {} };
  const keepListening = async () => {
    for (let failures = 0; !stop.given && !pool.ending; ) {
      const startedAt = runtime.monotonicMs();
      try {
        await listenOnce(pool, channel, listener, bounds, stop);
      } catch (problem) {
        if (stop.given || pool.ending) return;
        failures = runtime.monotonicMs() - startedAt > MAX_PAUSE_MS ? 1 : failures + 1;
        if (failures === 1) listener.onProblem(problem);
        await pauseAfter(failures, stop, runtime);
      }
    }
  };
  const listening = keepListening();
  return {
    stop: () => {
      stop.given = true;
      stop.tell();
      return listening;
    },
  };
}

/** Whether to stop, and the function that wakes the current wait. */
interface StopCommand {
  given: boolean;
  tell: () => void;
}

/** Resolves on stop; rejects if there is no connection, or if it breaks. */
async function listenOnce(
  pool: NodePostgresPool,
  channel: string,
  listener: ChannelListener,
  bounds: Bounds,
  stop: StopCommand,
): Promise<void> {
  const { runtime } = bounds;
  const client = await acquire(pool, bounds);
  const run = (text: string, ms: number) =>
    within(runtime, ms, client.query({ text, values: [] }), () => hung(ms));
  const timers: Timer[] = [];
  let destroy = true;
  const hear = (heard: { readonly channel: string; readonly payload?: string | undefined }) => {
    if (heard.channel === channel && !stop.given) listener.onNotification(heard.payload ?? '');
  };
  let drop = (_problem: Error) => {};
  const over = new Promise<void>((resolve, reject) => {
    drop = reject;
    stop.tell = resolve;
  });
  over.catch(() => {});
  const ended = () => drop(new Error('the connection was closed'));
  client.on?.('notification', hear);
  client.on?.('error', drop);
  client.on?.('end', ended);
  try {
    const listen = () => run(`listen ${quoted(channel)}`, bounds.statementMs);
    await Promise.race([listen(), over]);
    if (!stop.given) {
      listener.onListening();
      // A connection that is cut off in the network says nothing by itself, and neither does a session that was reset.
      timers.push(repeat(runtime, HEARTBEAT_MS, () => void listen().catch(drop)));
      timers.push(repeat(runtime, LOOK_AT_POOL_MS, () => pool.ending && drop(new Error('the pool ends'))));
      await over;
    }
    await run(`unlisten ${quoted(channel)}`, Math.min(bounds.statementMs, MAX_GOODBYE_MS));
    destroy = false;
  } catch (problem) {
    if (!stop.given) throw problem;
  } finally {
    for (const timer of timers) timer.clear();
    client.off?.('notification', hear);
    client.off?.('end', ended);
    client.off?.('error', drop);
    client.release(destroy);
  }
}

function pauseAfter(failures: number, stop: StopCommand, { setTimer, random }: Runtime): Promise<void> {
  if (stop.given) return Promise.resolve();
  const pause = Math.min(MAX_PAUSE_MS, INITIAL_PAUSE_MS * 2 ** (failures - 1));
  return new Promise((resolve) => {
    const timer = setTimer(pause * (0.5 + random()), resolve);
    stop.tell = () => {
      timer.clear();
      resolve();
    };
  });
}
