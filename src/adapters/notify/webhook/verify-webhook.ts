import { err, ok, type Result } from 'neverthrow';
import * as z from 'zod';
import { milliseconds, numberBetween, options } from '../../../core/input/option-kinds.js';
import { readOptions } from '../../../core/input/read-options.js';
import { reveal, type Secret } from '../../../core/input/secret.js';
import { systemRuntime } from '../../../runtime/system-runtime.js';
import { isSigned, SIGNATURE_HEADER, signingSecret, TIMESTAMP_HEADER } from './signature.js';
import { type WebhookBody, webhookBodySchema } from './webhook-body.js';

/** Why a webhook is not believed. Answer 400 to `not_readable`, and 401 to all others. */
export interface WebhookProblem {
  readonly code: /** A header is missing, is there twice, or holds no time. */
    | 'headers_missing'
    /** None of the secrets has signed this. */
    | 'signature_wrong'
    /** Signed, but longer ago than is tolerated: perhaps it is played once more. */
    | 'too_old'
    /** Signed for a time that is still to come: one of the two clocks is wrong. */
    | 'too_new'
    /** Signed, but not a notification of version 1. */
    | 'not_readable';
  /** For whoever fixes it: what is wrong and what to do, without anything that was sent. */
  readonly message: string;
}

/** What a webhook is judged by. */
export interface WebhookToVerify {
  /** The secret; several while it is being changed. */
  readonly secret: Secret | readonly Secret[];
  /** The headers of the request: those of `fetch`, or those of Node. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The exact bytes of the body, before anything has parsed them. */
  readonly body: string | Uint8Array;
  /** How far the time of the request may be from ours, either way, in milliseconds. Default 300,000 (5 minutes). */
  readonly toleranceMs?: number;
  /** Our time in milliseconds since 1970. Default: the clock of the machine. */
  readonly now?: number;
}

const PROBLEMS: Readonly<Record<WebhookProblem['code'], string>> = {
  headers_missing: `The request needs one ${TIMESTAMP_HEADER}, a time in seconds, and one ${SIGNATURE_HEADER}.`,
  signature_wrong:
    'The signature is of another secret or other bytes: compare the secrets, and verify the body before anything parses it.',
  too_old: 'The request was signed too long ago. Refuse it: a new try is signed anew.',
  too_new: 'The request was signed for a time that is still to come: set the clocks of both machines.',
  not_readable: 'The body is no notification of version 1: update the library on this side.',
};

const BODY_WANTED = 'give the exact bytes of the body, or their text, before anything has parsed them';

const verifySchema = options({
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
 * Verifies a request of `webhookNotifier` and reads it. A copy of a request passes again within `toleranceMs`, just as a try
 * of ours that comes twice: remember the `key` of what you have done for at least that long.
 *
 * @throws TypeError when there is no secret, or one that is too short
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

/** `Array.isArray` does not narrow a read-only list. */
function isList(value: Secret | readonly Secret[]): value is readonly Secret[] {
  return Array.isArray(value);
}

/** `null`: it is not there, or there twice. */
function headerOf(headers: WebhookToVerify['headers'], name: string): string | null {
  if (headers instanceof Headers) return headers.get(name);
  const values = Object.entries(headers).flatMap(([each, value]) =>
    each.toLowerCase() === name && value !== undefined ? [value].flat() : [],
  );
  return values.length === 1 ? (values[0] ?? null) : null;
}

/** `undefined` is no notification either. */
function parse(body: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
