import type { IncomingMessage } from 'node:http';
import { err, ok, type Result } from 'neverthrow';
import { bareError, bareRefusal } from './bare-error.js';
import { messageBody } from './message-body.js';
import { isAbsoluteForm, urlOfTarget } from './request-target.js';

/** A message of `node:http`, or of a framework that keeps the original path in `originalUrl`. */
export type NodeRequest = IncomingMessage & { readonly originalUrl?: string };

/** A request, and a function that discards the unread rest of its body. */
export interface ReadableRequest {
  readonly request: Request;
  readonly release: () => void;
}

/** Methods that the `Request` constructor refuses. */
const UNKNOWN_TO_FETCH = ['TRACE', 'TRACK', 'CONNECT'];
/** Headers that describe the original bytes, which a rebuilt body does not have. */
const OF_THE_BYTES = ['content-encoding', 'content-length', 'transfer-encoding'];

/**
 * Converts a message to a Web-standard request, or returns the error response if that is impossible.
 *
 * @param parsedBody The body as an earlier parser has read it; `undefined` if it has not been read.
 */
export function toRequest(
  message: NodeRequest,
  signal: AbortSignal,
  parsedBody: unknown,
): Result<ReadableRequest, Response> {
  const method = message.method ?? 'GET';
  if (UNKNOWN_TO_FETCH.includes(method))
    return err(bareError(message, 405, 'method_not_allowed', `${method} is not served: use another method.`));

  // Node itself discards an untouched body once the answer is sent.
  const release = () => {};
  const headers = headersOf(message);
  const target = message.originalUrl ?? message.url ?? '/';
  if (isAbsoluteForm(target)) return err(bareRefusal(message, 'target', 'must be a path that begins with /'));
  const url = urlOfTarget(target);
  if (method === 'GET' || method === 'HEAD')
    return ok({ request: new Request(url, { method, headers, signal }), release });

  if (parsedBody !== undefined) {
    const body = bytesOf(parsedBody);
    if (body === null) return err(bareRefusal(message, 'body', 'is nested too deeply'));
    for (const name of OF_THE_BYTES) headers.delete(name);
    headers.set('content-length', String(body.byteLength));
    return ok({ request: new Request(url, { method, headers, signal, body }), release });
  }
  if (message.readableDidRead) {
    const remedy = 'mount the handler before the parser, or pass the parsed body as `parsedBody`.';
    return err(
      bareError(message, 500, 'internal_error', `The host read the body before the handler: ${remedy}`),
    );
  }
  const body = messageBody(message);
  const request = new Request(url, { method, headers, signal, body: body.stream, duplex: 'half' });
  return ok({ request, release: body.release });
}

/** Uses `headers`, not `rawHeaders`: a header that a middleware removed or replaced must not come back. */
function headersOf({ headers }: IncomingMessage): Headers {
  const copy = new Headers();
  for (const [name, values = []] of Object.entries(headers)) {
    for (const value of [values].flat()) copy.append(name, value);
  }
  return copy;
}

/** `null`: too deep to be written. Parsers read JSON of any depth, but `JSON.stringify` overflows the stack. */
function bytesOf(parsed: unknown): Uint8Array<ArrayBuffer> | null {
  if (parsed instanceof Uint8Array) return new Uint8Array(parsed);
  try {
    return new TextEncoder().encode(typeof parsed === 'string' ? parsed : JSON.stringify(parsed));
  } catch (problem) {
    if (problem instanceof RangeError) return null;
    throw problem;
  }
}
