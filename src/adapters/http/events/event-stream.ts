import type { BuildChange } from '../../../core/views/build-change.js';
import type { Timers } from '../../../runtime/runtime.js';
import { repeat } from '../../../runtime/waiting.js';
import { BEGINNING, changeText, HEARTBEAT, RELOAD } from './event-text.js';

/** What one stream needs. Durations are in milliseconds. */
export interface EventStreamDeps {
  /** Starts watching; returns a function that stops it. */
  readonly watch: (listener: {
    readonly onChange: (change: BuildChange) => void;
    readonly onReload: () => void;
  }) => { readonly stop: () => void };
  /** Whether the client is reconnecting and may have missed changes. */
  readonly reload: boolean;
  readonly runtime: Timers;
  readonly heartbeatMs: number;
  readonly lifetimeMs: number;
  /** Called once, however the stream ends. */
  readonly onEnd: () => void;
}

/** An event stream, and a function that ends it. */
export interface EventStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly end: () => void;
}

/** The maximum number of events buffered for a slow client. */
const MAX_WAITING = 64;

/**
 * Streams the changes of builds as server-sent events until the client disconnects or the lifetime ends. The client then
 * reconnects and is authenticated again.
 *
 * The race: events for a client that does not keep up would pile up here. Events beyond the buffer are dropped, and once
 * the client has caught up it gets a `reload`.
 */
export function openEventStream({
  watch,
  reload,
  runtime,
  heartbeatMs,
  lifetimeMs,
  onEnd,
}: EventStreamDeps): EventStream {
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  let isBehind = false;

  const write = (text: string) => controller?.enqueue(encoder.encode(text));
  const hasCapacity = () => (controller?.desiredSize ?? 0) > 0;
  const tell = (text: string) => {
    if (hasCapacity()) write(text);
    else isBehind = true;
  };

  const body = new ReadableStream<Uint8Array>(
    {
      start: (made) => {
        controller = made;
      },
      pull: () => {
        if (!isBehind) return;
        isBehind = false;
        write(RELOAD);
      },
      cancel: () => forget(),
    },
    { highWaterMark: MAX_WAITING },
  );
  write(BEGINNING);
  if (reload) write(RELOAD);
  const watcher = watch({
    onChange: (change) => tell(changeText(change)),
    onReload: () => tell(RELOAD),
  });
  const heartbeat = repeat(runtime, heartbeatMs, () => hasCapacity() && write(HEARTBEAT));
  const lifetime = runtime.setTimer(lifetimeMs, () => end());

  const forget = () => {
    controller = null;
    watcher.stop();
    heartbeat.clear();
    lifetime.clear();
    onEnd();
  };
  const end = () => {
    const open = controller;
    if (!open) return;
    forget();
    // A graceful close would wait for a client that reads nothing, and would keep its connection open.
    if ((open.desiredSize ?? 0) > 0) open.close();
    else open.error(new Error('The stream has ended, and the client has not read all of it.'));
  };
  return { body, end };
}
