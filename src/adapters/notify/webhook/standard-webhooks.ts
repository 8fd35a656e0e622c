import { createHash } from 'node:crypto';
import * as z from 'zod';
import { callback } from '../../../core/input/option-kinds.js';
import { reveal, type Secret } from '../../../core/input/secret.js';

/** What is used of the class `Webhook` of the package `standardwebhooks`. */
export type WebhookClass = new (
  secret: string,
) => { readonly sign: (id: string, timestamp: Date, payload: string) => string };

/** Signs one request; the result is its headers. */
export type SignRequest = (request: {
  readonly key: string;
  readonly body: string;
  readonly nowMs: number;
}) => Readonly<Record<string, string>>;

const PREFIX = 'whsec_';
/** The bounds of the specification, in bytes. A shorter secret can be brute-forced from one message and its signature. */
const SECRET_BYTES = { min: 24, max: 64 };

const CLASS_WANTED = 'give the class Webhook of the package standardwebhooks';
const SECRET_WANTED = `give a secret('${PREFIX}…') of ${SECRET_BYTES.min} to ${SECRET_BYTES.max} random bytes in base64, or a list of such secrets while it is being changed: generate one with echo ${PREFIX}$(openssl rand -base64 32)`;

/** The options of whoever signs. */
export const signingShape = {
  Webhook: callback<WebhookClass>(CLASS_WANTED).refine(
    (given) => typeof Reflect.get(Object(Reflect.get(Object(given), 'prototype')), 'sign') === 'function',
    { error: CLASS_WANTED, params: { wrong: 'is not that class' } },
  ),
  secret: z.custom<Secret | readonly Secret[]>(isOneOrMoreSecrets, {
    error: SECRET_WANTED,
    params: { wrong: 'is no secret, or none of this form' },
  }),
};

/** Signs with each of the secrets, so that a receiver that knows one of them accepts the request. */
export function signRequestWith(Webhook: WebhookClass, secrets: readonly Secret[]): SignRequest {
  const signers = secrets.map((each) => new Webhook(reveal(each) ?? ''));
  return ({ key, body, nowMs }) => {
    const id = webhookId(key);
    const timestamp = new Date(nowMs);
    return {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(nowMs / 1_000)),
      'webhook-signature': signers.map((signer) => signer.sign(id, timestamp, body)).join(' '),
    };
  };
}

/**
 * The same for every attempt of one delivery. Hashed, because a key contains ids of the host, which may be any text: a full stop
 * in an id would make it unclear where the signed id ends.
 */
function webhookId(key: string): string {
  return `msg_${createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 40)}`;
}

function isOneOrMoreSecrets(given: unknown): boolean {
  const secrets = [given].flat();
  return secrets.length > 0 && secrets.every((each) => isSigningSecret(reveal(each) ?? ''));
}

function isSigningSecret(text: string): boolean {
  const base64 = text.slice(PREFIX.length);
  const bytes = Buffer.from(base64, 'base64');
  return (
    text === `${PREFIX}${bytes.toString('base64')}` &&
    bytes.length >= SECRET_BYTES.min &&
    bytes.length <= SECRET_BYTES.max
  );
}
