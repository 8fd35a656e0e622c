import { err, ok } from 'neverthrow';
import type { StreamLimit } from '../events/event-streams.js';
import { transportError } from '../http-error.js';
import { nothing } from '../schemas/inputs.js';
import { defineRoute } from './route.js';

/** Seconds until a refused client should try again. */
const RETRY_AFTER_S = '30';

/** How many streams others have is none of the caller's business. */
const TOO_MANY: Readonly<Record<StreamLimit, string>> = {
  user: 'You already have as many event streams open as you may: close one first.',
  tenant: 'Your tenant already has as many event streams open as it may: close one first.',
  process: 'Too many event streams are open at the moment: try again later.',
};

export const streamBuildEvents = defineRoute({
  method: 'GET',
  path: '/v1/admin/builds/events',
  operationId: 'streamBuildEvents',
  summary: 'Streams changes of the tenant’s builds as server-sent events, from now on.',
  right: 'operate_builds',
  headers: ['Last-Event-ID'],
  query: nothing,
  body: nothing,
  answer: {
    status: 200,
    description:
      '`event: build` is a changed build; its `data` is a `BuildEvent`. `event: reload` means that changes may have been missed: load everything again. Browsers reconnect automatically.',
    schema: null,
  },
  errors: ['too_many_streams'],
  handle: async ({ request, caller }, { streams }) => {
    const opened = streams.open(caller, { reload: request.headers.has('last-event-id') });
    if (opened.isOk()) {
      // Without these headers, proxies and compression would buffer events.
      const headers = {
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-store, no-transform',
        'X-Accel-Buffering': 'no',
      };
      return ok(new Response(opened.value, { headers }));
    }
    return err(transportError('too_many_streams', TOO_MANY[opened.error], { 'Retry-After': RETRY_AFTER_S }));
  },
});
