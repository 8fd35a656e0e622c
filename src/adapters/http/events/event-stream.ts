import type { BuildChange } from '../../../core/views/build-change.js';
import type { Timers } from '../../../runtime/runtime.js';
import { repeat } from '../../../runtime/waiting.js';
import { BEGINNING, changeText, HEARTBEAT, RELOAD } from './event-text.js';

/** What one stream is made of. Durations in milliseconds. */
export interface EventStreamDeps {
  /** Begins to watch; returns what stops it. */
  readonly watch: (listener: {
    readonly onChange: (change: BuildChange) => void;
    readonly onReload: () => void;
  }) => { readonly stop: () => void };
  /** Whether the client was here before, and may have missed something since. */
  readonly reload: boolean;
  readonly runtime: Timers;
  readonly heartbeatMs: number;
  readonly lifetimeMs: number;
  /** Called once, however the stream ends. */
  readonly onEnd: () => void;
}

/** A stream of events, and how to end it. */
export interface EventStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly end: () => void;
}

/** Events that wait for a slow client. */
const MAX_WAITING = 64;

/**
 * Streams the changes of builds as server-sent events, until the client goes or the lifetime is over: then it connects
 * again, and who it is is asked anew.
 *
 * The race: a client that does not keep up would have its events pile up here. What does not fit is dropped, and once it
 * has caught up it is told to reload.
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
    // To close politely would wait for a client that reads nothing, and leave its connection to it.
    if ((open.desiredSize ?? 0) > 0) open.close();
    else open.error(new Error('The client has fallen behind, and the stream is over.'));
  };
  return { body, end };
}
