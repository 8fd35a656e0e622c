import { err, ok } from 'neverthrow';
import { transportError } from '../http-error.js';
import { nothing } from '../schemas/inputs.js';
import { defineRoute } from './route.js';

/** A client that was turned away tries again after so many seconds. */
const RETRY_AFTER_S = '30';

export const streamBuildEvents = defineRoute({
  method: 'GET',
  path: '/v1/admin/builds/events',
  operationId: 'streamBuildEvents',
  summary: 'The changes of the tenant’s builds as server-sent events, from now on.',
  right: 'operate_builds',
  headers: ['Last-Event-ID'],
  query: nothing,
  body: nothing,
  answer: {
    status: 200,
    description:
      '`event: build` says how a build stands; its `data` is a `BuildEvent`. `event: reload` says that changes may have been missed: load again what is shown. Browsers connect again by themselves.',
    schema: null,
  },
  errors: ['too_many_streams'],
  handle: async ({ request, caller: { tenantId } }, { streams }) => {
    const body = streams.open(tenantId, { reload: request.headers.has('last-event-id') });
    if (body) {
      // Proxies and compression would hold events back until a buffer of theirs is full.
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
        `The tenant has ${streams.maxStreams} event streams open: close one first.`,
        { 'Retry-After': RETRY_AFTER_S },
      ),
    );
  },
});
