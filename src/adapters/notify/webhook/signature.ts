import { createHmac, timingSafeEqual } from 'node:crypto';
import { reveal, type Secret } from '../../../core/input/secret.js';

/** The headers of a signed webhook. */
export const KEY_HEADER = 'idempotency-key';
export const TIMESTAMP_HEADER = 'x-wrk-builds-timestamp';
export const SIGNATURE_HEADER = 'x-wrk-builds-signature';

/** A shorter secret can be brute-forced from one message and its signature. */
const SHORTEST_SECRET = 32;
const VERSION = 'v1';
const DIGEST = /^[0-9a-f]{64}$/;

/** Returns the text of a secret that is long enough to sign. Throws a TypeError otherwise, without revealing it. */
export function signingText(value: Secret, where: string): string {
  const text = reveal(value);
  if (text === null || text.length < SHORTEST_SECRET)
    throw new TypeError(
      `${where}: the secret must be secret('…') with at least ${SHORTEST_SECRET} random characters: generate one with openssl rand -hex 32`,
    );
  return text;
}

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
