import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { reveal, type Secret } from '../../../core/input/secret.js';

/** The headers of a signed webhook. */
export const KEY_HEADER = 'idempotency-key';
export const TIMESTAMP_HEADER = 'x-wrk-builds-timestamp';
export const SIGNATURE_HEADER = 'x-wrk-builds-signature';

/** A shorter secret can be brute-forced from one message and its signature. */
const MIN_SECRET_LENGTH = 32;
const VERSION = 'v1';
const DIGEST = /^[0-9a-f]{64}$/;

/** A secret that is long enough to sign. */
export const signingSecret = z.custom<Secret>((value) => (reveal(value)?.length ?? 0) >= MIN_SECRET_LENGTH, {
  error: `give a secret('…') of at least ${MIN_SECRET_LENGTH} random characters: generate one with openssl rand -hex 32`,
  params: { wrong: 'is no secret, or a short one' },
});

/** Signs `timestamp.body` with HMAC-SHA256. `body` must be the exact bytes that are sent. */
export function sign(secret: string, timestamp: string, body: string | Uint8Array): string {
  return `${VERSION}=${digest(secret, timestamp, body).toString('hex')}`;
}

/**
 * Whether any of the signatures was made with any of the secrets. Every pair is compared in constant time, so timing reveals
 * nothing. Signatures of unknown versions are ignored.
 */
export function isSigned(
  header: string,
  secrets: readonly string[],
  timestamp: string,
  body: string | Uint8Array,
): boolean {
  const given = header.split(',').flatMap((each) => {
    const [version, hex = ''] = each.trim().split('=', 2);
    return version === VERSION && DIGEST.test(hex) ? [Buffer.from(hex, 'hex')] : [];
  });
  const right = secrets.map((secret) => digest(secret, timestamp, body));
  const matches = given.flatMap((one) => right.filter((other) => timingSafeEqual(one, other)));
  return matches.length > 0;
}

function digest(secret: string, timestamp: string, body: string | Uint8Array): Buffer {
  return createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest();
}
