import type { Runtime } from '../../../runtime/runtime.js';
import type { BuildsOverHttp, EventStreamOptions } from '../handler-options.js';
import { type EventStream, openEventStream } from './event-stream.js';

/** The open streams of this process. */
export interface EventStreams {
  /** Returns `null` if the tenant has reached `maxStreams`. */
  readonly open: (
    tenantId: string,
    options: { readonly reload: boolean },
  ) => ReadableStream<Uint8Array> | null;
  readonly maxStreams: number;
  /** Ends all open streams, and from then on every stream as soon as it is opened. */
  readonly endAll: () => void;
}

/**
 * Tracks the streams, so that none outlives the host and no tenant uses them all.
 *
 * The race: a request admitted while all streams are being ended would open one that the closing server waits for.
 */
export function createEventStreams(
  watchBuilds: BuildsOverHttp['watchBuilds'],
  { heartbeatMs = 15_000, lifetimeMs = 300_000, maxStreams = 100 }: EventStreamOptions,
  runtime: Runtime,
): EventStreams {
  const byTenant = new Map<string, Set<EventStream>>();
  let hasEnded = false;
  return {
    maxStreams,
    open: (tenantId, { reload }) => {
      const streams = byTenant.get(tenantId) ?? new Set();
      if (streams.size >= maxStreams) return null;
      const stream = openEventStream({
        watch: (listener) => watchBuilds({ tenantId, ...listener }),
        reload,
        runtime,
        heartbeatMs,
        // Streams that were opened at once, after a restart, must not all come back at once for ever.
        lifetimeMs: lifetimeMs * (0.8 + 0.4 * runtime.random()),
        onEnd: () => {
          streams.delete(stream);
          if (streams.size === 0) byTenant.delete(tenantId);
        },
      });
      byTenant.set(tenantId, streams.add(stream));
      // Ended instead of refused: a browser that is refused does not reconnect.
      if (hasEnded) stream.end();
      return stream.body;
    },
    endAll: () => {
      hasEnded = true;
      for (const stream of [...byTenant.values()].flatMap((streams) => [...streams])) stream.end();
    },
  };
}
