import { err, ok } from 'neverthrow';
import { transportError } from '../http-error.js';
import { nothing } from '../schemas/inputs.js';
import { defineRoute } from './route.js';

/** Seconds until a refused client should try again. */
const RETRY_AFTER_S = '30';

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
  handle: async ({ request, caller: { tenantId } }, { streams }) => {
    const body = streams.open(tenantId, { reload: request.headers.has('last-event-id') });
    if (body) {
      // Without these headers, proxies and compression would buffer events.
      const headers = {
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-store, no-transform',
        'X-Accel-Buffering': 'no',
      };
      return ok(new Response(body, { headers }));
    }
    return err(
      transportError(
        'too_many_streams',
        `The tenant already has ${streams.maxStreams} event streams open: close one first.`,
        { 'Retry-After': RETRY_AFTER_S },
      ),
    );
  },
});
