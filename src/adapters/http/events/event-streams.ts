import { err, ok, type Result } from 'neverthrow';
import type { Runtime } from '../../../runtime/runtime.js';
import type { ActingCaller } from '../caller.js';
import type { BuildsOverHttp, EventStreamOptions } from '../handler-options.js';
import { type EventStream, openEventStream } from './event-stream.js';

/** Whose maximum number of streams is reached. */
export type StreamLimit = 'user' | 'tenant' | 'process';

/** The open streams of this process. */
export interface EventStreams {
  readonly open: (
    who: Pick<ActingCaller, 'tenantId' | 'userId'>,
    options: { readonly reload: boolean },
  ) => Result<ReadableStream<Uint8Array>, StreamLimit>;
  /** Ends all open streams, and from then on every stream as soon as it is opened. */
  readonly endAll: () => void;
}

/**
 * Tracks the streams, so that none outlives the host, and no user or tenant uses them all.
 *
 * The race: a request admitted while all streams are being ended would open one that the closing server waits for.
 */
export function createEventStreams(
  watchBuilds: BuildsOverHttp['watchBuilds'],
  {
    heartbeatMs = 15_000,
    lifetimeMs = 300_000,
    maxStreamsPerUser = 5,
    maxStreamsPerTenant = 100,
    maxStreamsPerProcess = 2_000,
  }: EventStreamOptions,
  runtime: Runtime,
): EventStreams {
  const open = new Set<EventStream>();
  const perTenant = createCounts();
  const perUser = createCounts();
  let hasEnded = false;
  return {
    open: ({ tenantId, userId }, { reload }) => {
      // Two tenants may have users of the same id.
      const user = JSON.stringify([tenantId, userId]);
      if (perUser.of(user) >= maxStreamsPerUser) return err('user');
      if (perTenant.of(tenantId) >= maxStreamsPerTenant) return err('tenant');
      if (open.size >= maxStreamsPerProcess) return err('process');
      const stream = openEventStream({
        watch: (listener) => watchBuilds({ tenantId, ...listener }),
        reload,
        runtime,
        heartbeatMs,
        // Streams that were opened at once, after a restart, must not all come back at once for ever.
        lifetimeMs: lifetimeMs * (0.8 + 0.4 * runtime.random()),
        onEnd: () => {
          open.delete(stream);
          perUser.add(user, -1);
          perTenant.add(tenantId, -1);
        },
      });
      open.add(stream);
      perUser.add(user, 1);
      perTenant.add(tenantId, 1);
      // Ended instead of refused: a browser that is refused does not reconnect.
      if (hasEnded) stream.end();
      return ok(stream.body);
    },
    endAll: () => {
      hasEnded = true;
      for (const stream of [...open]) stream.end();
    },
  };
}

/** Counts by key; what is down to zero is forgotten. */
function createCounts() {
  const counts = new Map<string, number>();
  const of = (key: string) => counts.get(key) ?? 0;
  return {
    of,
    add: (key: string, change: 1 | -1) => {
      const count = of(key) + change;
      if (count === 0) counts.delete(key);
      else counts.set(key, count);
    },
  };
}
