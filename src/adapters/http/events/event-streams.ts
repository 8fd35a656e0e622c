import type { Runtime } from '../../../runtime/runtime.js';
import type { BuildsOverHttp, EventStreamOptions } from '../handler-options.js';
import { type EventStream, openEventStream } from './event-stream.js';

/** The open streams of this process. */
export interface EventStreams {
  /** `null`: the tenant has as many as it may. */
  readonly open: (
    tenantId: string,
    options: { readonly reload: boolean },
  ) => ReadableStream<Uint8Array> | null;
  readonly maxStreams: number;
  /** Ends those that are open, and from now on each that is opened. */
  readonly endAll: () => void;
}

/**
 * Keeps the streams, so that none outlives the host and no tenant takes them all.
 *
 * The race: a request that is let in while all are ended would open one that the closing server waits for.
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
      // Ended and not refused: a browser that is refused does not connect again.
      if (hasEnded) stream.end();
      return stream.body;
    },
    endAll: () => {
      hasEnded = true;
      for (const stream of [...byTenant.values()].flatMap((streams) => [...streams])) stream.end();
    },
  };
}
