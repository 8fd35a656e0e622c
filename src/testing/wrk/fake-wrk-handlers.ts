import { HttpResponse, http, type RequestHandler } from 'msw';
import { systemRuntime } from '../../runtime/system-runtime.js';
import { sleep } from '../../runtime/waiting.js';
import type { FakeWrk } from './fake-wrk.js';
import { checkFakeWrkHandlers } from './fake-wrk-options.js';
import { DRIP_EVERY_MS, type FakeWrkResponse } from './fake-wrk-reply.js';
import { type FakeWrkFrontOptions, requestOf, WORKFLOWS_PATH } from './fake-wrk-request.js';

/**
 * MSW handlers that put a fake WRK behind `baseUrl`: `setupServer(...fakeWrkHandlers(fake, 'https://wrk.test'))`.
 * A connection that is dropped or reset is shown as the one network error that MSW knows.
 */
export function fakeWrkHandlers(
  fake: FakeWrk,
  baseUrl: string,
  options: FakeWrkFrontOptions = {},
): RequestHandler[] {
  checkFakeWrkHandlers(fake, baseUrl, options);
  return [
    http.post(`${baseUrl.replace(/\/+$/, '')}${WORKFLOWS_PATH}`, async ({ request }) => {
      const body = new Uint8Array(await request.arrayBuffer());
      const reply = fake.take(requestOf(body, (name) => request.headers.get(name), options));
      if (reply.delayMs > 0) await sleep(systemRuntime, reply.delayMs);
      if (reply.sends === 'drop' || reply.sends === 'reset') return HttpResponse.error();
      if (reply.sends === 'hang') return await new Promise<never>(() => undefined);
      return responseOf(reply);
    }),
  ];
}

function responseOf({ sends, status, headers, body }: FakeWrkResponse): Response {
  const whole = body === '' ? null : body;
  return new Response(sends === 'whole' ? whole : streamOf(sends, body), { status, headers });
}

/** More than any client may be told to read. */
const MAX_FLOOD_BYTES = 64 * 1024 * 1024;

/** Streams that move only when read: MSW copies a body, and would never cancel the copy. */
function streamOf(sends: 'half' | 'drip' | 'flood', body: string): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(body);
  let begun = false;
  let flooded = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        switch (sends) {
          case 'half':
            if (begun) controller.error(new TypeError('terminated'));
            else controller.enqueue(bytes.subarray(0, bytes.length / 2));
            begun = true;
            return;
          case 'drip':
            await sleep(systemRuntime, DRIP_EVERY_MS);
            controller.enqueue(new Uint8Array([0x20]));
            return;
          case 'flood':
            // MSW goes on reading when the client has long gone, and would do nothing else.
            await systemRuntime.yieldToEventLoop();
            controller.enqueue(new Uint8Array(64 * 1024).fill(0x20));
            flooded += 64 * 1024;
            if (flooded > MAX_FLOOD_BYTES) controller.close();
        }
      },
    },
    { highWaterMark: 0 },
  );
}
