/** What an answer depends on besides its URL: who asks, and from where. */
const VARY = 'Authorization, Cookie, Origin';

/** Headers of every answer: it must not be cached, and its content type must not be guessed. */
const ALWAYS = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', Vary: VARY };

/** Whether it is a `Response`, of whichever realm or package: a host may have its own `undici`. */
export const isResponse = (value: unknown): value is Response =>
  Object.prototype.toString.call(value) === '[object Response]';

/** Creates a JSON response. */
export function respond(
  status: number,
  body: unknown,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  // With a known length, a mount can send it at once.
  const content = {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': String(bytes.byteLength),
  };
  return new Response(bytes, {
    status,
    headers: { ...ALWAYS, ...content, 'X-Request-Id': requestId, ...headers },
  });
}

/** Adds the common headers to a response of the host, with or without a body. Headers that it already has stay. */
export function withRequestId(response: Response, requestId: string): Response {
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries({ ...ALWAYS, 'X-Request-Id': requestId })) {
    if (name === 'Vary') headers.append(name, value);
    else if (!headers.has(name)) headers.set(name, value);
  }
  const { status, statusText, body } = response;
  // A host's own `Response`, such as Hono's, may say so only when it is read, and then nobody could answer.
  if (status === 0) throw new RangeError('`Response.error()` cannot be sent as an answer.');
  return new Response(body, { status, statusText, headers });
}
