/** What every answer says of itself: nobody may keep it, and nobody may take it for something else. */
const ALWAYS = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };

/** Makes an answer of JSON. */
export function respond(
  status: number,
  body: unknown,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  // With its length a mount can send it in one go.
  const content = {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': String(bytes.byteLength),
  };
  return new Response(bytes, {
    status,
    headers: { ...ALWAYS, ...content, 'X-Request-Id': requestId, ...headers },
  });
}

/** Adds to an answer that somebody else made what every answer has; what it says itself stays. */
export function withRequestId(response: Response, requestId: string): Response {
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries({ ...ALWAYS, 'X-Request-Id': requestId })) {
    if (!headers.has(name)) headers.set(name, value);
  }
  const { status, statusText, body } = response;
  return new Response(body, { status, statusText, headers });
}
