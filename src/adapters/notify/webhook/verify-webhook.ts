import { err, ok, type Result } from 'neverthrow';
import * as z from 'zod';
import { milliseconds, numberBetween } from '../../../core/input/option-kinds.js';
import { readOptions } from '../../../core/input/read-options.js';
import { reveal, type Secret } from '../../../core/input/secret.js';
import { systemRuntime } from '../../../runtime/system-runtime.js';
import { isSigned, SIGNATURE_HEADER, signingSecret, TIMESTAMP_HEADER } from './signature.js';
import { type WebhookBody, webhookBodySchema } from './webhook-body.js';

/** Why a webhook is refused. Respond with 400 to `not_readable` and with 401 to every other code. */
export interface WebhookProblem {
  readonly code: /** A header is missing or repeated, or the timestamp is not a number of seconds. */
    | 'headers_missing'
    /** None of the secrets made the signature. */
    | 'signature_wrong'
    /** Correctly signed, but longer ago than the tolerance: it may be a replay. */
    | 'too_old'
    /** Correctly signed, but with a time in the future: one of the two clocks is wrong. */
    | 'too_new'
    /** Correctly signed, but not a notification of version 1. */
    | 'not_readable';
  /** What is wrong and what to do. Contains nothing of the request. */
  readonly message: string;
}

/** The request to verify, and what it is verified with. */
export interface WebhookToVerify {
  /** The secret; several during a rotation. */
  readonly secret: Secret | readonly Secret[];
  /** The headers of the request, in the form of `fetch` or of Node. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The raw body, exactly as received, before anything parses it. */
  readonly body: string | Uint8Array;
  /**
   * How far the request's timestamp may be from ours in either direction, in milliseconds.
   *
   * @default 300_000 (5 minutes)
   */
  readonly toleranceMs?: number;
  /**
   * The current time, in milliseconds since 1970.
   *
   * @default the system clock
   */
  readonly now?: number;
}

const PROBLEMS: Readonly<Record<WebhookProblem['code'], string>> = {
  headers_missing: `The request must have exactly one ${TIMESTAMP_HEADER} header, in seconds, and one ${SIGNATURE_HEADER} header.`,
  signature_wrong:
    'The signature does not match: compare the secrets on both sides, and verify the raw body before anything parses it.',
  too_old: 'The request was signed too long ago: refuse it. A retry carries a new signature.',
  too_new: 'The request was signed with a time in the future: synchronize the clocks of both machines.',
  not_readable: 'The body is not a notification of version 1: update the library on this side.',
};

const BODY_WANTED = 'give the exact bytes of the body, or their text, before anything has parsed them';

/** Other keys pass: a host may spread a whole request. */
const verifySchema = z.looseObject({
  secret: z.union([signingSecret, z.array(signingSecret).min(1)], {
    error:
      "give a secret('…') of at least 32 characters, or a list of such secrets while it is being changed",
  }),
  headers: z.custom((value) => typeof value === 'object' && value !== null, {
    error: 'give the headers of the request',
  }),
  body: z.custom((value) => typeof value === 'string' || value instanceof Uint8Array, { error: BODY_WANTED }),
  toleranceMs: milliseconds(0).optional(),
  now: numberBetween(0, Number.MAX_SAFE_INTEGER).optional(),
});

/**
 * Verifies a request from `webhookNotifier` and reads it. A replay of a request passes within `toleranceMs`, and so does a
 * retry of ours: remember the `key` of each notification you have processed for at least that long.
 *
 * @throws TypeError when there is no secret, or a secret is too short
 *
 * @example
 * ```ts
 * import { secret, verifyWebhook } from 'wrk-builds/notify';
 *
 * export async function POST(request: Request): Promise<Response> {
 *   const verified = verifyWebhook({
 *     secret: secret(process.env.WEBHOOK_SECRET ?? ''),
 *     headers: request.headers,
 *     body: await request.text(),
 *   });
 *   if (verified.isErr()) return new Response(verified.error.message, { status: 401 });
 *   await sendOnce(verified.value.key, verified.value);
 *   return new Response(null, { status: 204 });
 * }
 * ```
 */
export function verifyWebhook(request: WebhookToVerify): Result<WebhookBody, WebhookProblem> {
  readOptions('verifyWebhook', verifySchema, request);
  const { headers, body, toleranceMs = 300_000, now = systemRuntime.wallClockMs() } = request;
  const given: readonly Secret[] = isList(request.secret) ? request.secret : [request.secret];
  const secrets = given.map((each) => reveal(each) ?? '');

  const timestamp = headerOf(headers, TIMESTAMP_HEADER);
  const signature = headerOf(headers, SIGNATURE_HEADER);
  if (timestamp === null || signature === null || !/^\d{1,12}$/.test(timestamp))
    return problem('headers_missing');
  if (!isSigned(signature, secrets, timestamp, body)) return problem('signature_wrong');
  const ageMs = now - Number(timestamp) * 1_000;
  if (ageMs > toleranceMs) return problem('too_old');
  if (ageMs < -toleranceMs) return problem('too_new');
  const read = webhookBodySchema.safeParse(parse(body));
  return read.success ? ok(read.data) : problem('not_readable');
}

function problem(code: WebhookProblem['code']): Result<never, WebhookProblem> {
  return err({ code, message: PROBLEMS[code] });
}

/** `Array.isArray` does not narrow a readonly array. */
function isList(value: Secret | readonly Secret[]): value is readonly Secret[] {
  return Array.isArray(value);
}

/** `null`: missing or repeated. */
function headerOf(headers: WebhookToVerify['headers'], name: string): string | null {
  if (headers instanceof Headers) return headers.get(name);
  const values = Object.entries(headers).flatMap(([each, value]) =>
    each.toLowerCase() === name && value !== undefined ? [value].flat() : [],
  );
  return values.length === 1 ? (values[0] ?? null) : null;
}

/** Returns `undefined` for invalid JSON; the schema refuses it. */
function parse(body: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
