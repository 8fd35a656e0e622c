// The headers of a call, those that the host adds included, and the secrets in them.

import { errorName, kindOfValue } from '../../core/input/error-text.js';
import { reveal } from '../../core/input/secret.js';
import type { WorkflowCall } from '../../ports/wrk-platform-client.js';
import { asPromise } from '../../runtime/waiting.js';
import { oneLine } from './answer-body.js';
import type { CallLimit } from './call-limit.js';
import type { WrkHooks, WrkRequest } from './hooks.js';

/** The build's request id, the same on every call of the build: it correlates WRK's logs with the host's. */
const REQUEST_ID = 'x-request-id';
/** The id of this call, which is the id of its row in the call ledger. */
const CALL_ID = 'x-wrk-builds-call-id';

/** Headers that the call sets itself; hooks may not override them. */
const OWN: readonly string[] = [
  'accept',
  'authorization',
  'content-type',
  'idempotency-key',
  REQUEST_ID,
  CALL_ID,
];

/** Headers that frame or encode a message; with another value it would not arrive intact. */
const FRAMING: readonly string[] = [
  'connection',
  'content-encoding',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** The headers of one call. A `null` key or bearer token is not sent. */
export function requestHeaders(
  { requestId, callId, reference }: WorkflowCall,
  { referenceHeader, key, bearer }: { referenceHeader: string; key: string | null; bearer: string | null },
): Record<string, string> {
  return {
    accept: 'application/json',
    'content-type': 'application/json',
    [REQUEST_ID]: headerText(requestId),
    [CALL_ID]: headerText(callId),
    [referenceHeader.toLowerCase()]: headerText(reference),
    ...(key === null ? {} : { 'idempotency-key': headerText(key) }),
    ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
  };
}

/** Ids may be any text, but headers may not: such an id is percent-encoded, and so is any `%` in it. */
function headerText(text: string): string {
  return /^[\x21-\x24\x26-\x7e]+$/.test(text) ? text : encodeURIComponent(text);
}

/** The headers from `beforeRequest`, ready to be sent, or the reason why nothing is sent. */
type Added =
  | { readonly headers: Readonly<Record<string, string>>; readonly secrets: readonly string[] }
  | { readonly refusal: string };

/** Calls the hook for headers. Never rejects. */
export async function askBefore(
  hook: WrkHooks['beforeRequest'],
  request: WrkRequest,
  referenceHeader: string,
  limit: CallLimit,
): Promise<Added> {
  if (!hook) return { headers: {}, secrets: [] };
  const refusal = (why: string) => ({ refusal: `the host's beforeRequest hook ${why}` });
  let added: readonly (readonly [string, unknown])[];
  try {
    const given: unknown = await limit.within(asPromise(() => hook(request)));
    if (given === undefined || given === null) return { headers: {}, secrets: [] };
    if (typeof given !== 'object' || Array.isArray(given))
      return refusal(`returned ${kindOfValue(given)}: return an object of headers, or undefined`);
    added = Object.entries(given);
  } catch (error) {
    if (limit.endedBy() !== null) return refusal('did not finish');
    // Only the error's name: its message may contain a secret.
    return refusal(`threw ${oneLine(errorName(error) ?? 'no error', 60)}`);
  }
  const headers: Record<string, string> = {};
  const secrets: string[] = [];
  for (const [name, value] of added) {
    const hidden = reveal(value);
    if (hidden !== null) secrets.push(hidden);
    const text: unknown = hidden ?? value;
    if (typeof text !== 'string' || !canCarry(name, text)) return refusal('returned an invalid header');
    if (isReserved(name) || name.toLowerCase() === referenceHeader.toLowerCase())
      return refusal(`returned the header ${name.toLowerCase()}, which the call sets itself`);
    headers[name.toLowerCase()] = text;
  }
  return { headers, secrets };
}

/** Whether a header is reserved, in any letter case. `referenceHeader` is reserved too, but is not known here. */
export function isReserved(name: string): boolean {
  return OWN.includes(name.toLowerCase()) || FRAMING.includes(name.toLowerCase());
}

function canCarry(name: string, text: string): boolean {
  try {
    new Headers([[name, text]]);
    return true;
  } catch {
    return false;
  }
}

/** A token that a header can carry: visible ASCII, no spaces. */
const TOKEN = /^[\x21-\x7e]+$/;

/** Whether a text can be sent as a bearer token. */
export function isToken(text: string | null): text is string {
  return text !== null && TOKEN.test(text);
}

/** A shorter secret may occur in a text by chance; redacting it would garble the text and hide nothing. */
const SHORTEST_SECRET = 8;

/** Keeps the secrets that one call sent out of everything the call returns. */
export function secretGuard(sent: readonly string[]): {
  readonly carriesSecret: (text: string) => boolean;
  readonly redact: (text: string) => string;
} {
  // Longest first: if one secret contains another, redacting the inner one first would leave the rest visible.
  const secrets = sent
    .filter((text) => text.length >= SHORTEST_SECRET)
    .toSorted((one, other) => other.length - one.length);
  return {
    carriesSecret: (text) => secrets.some((secret) => text.includes(secret)),
    redact: (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text),
  };
}
