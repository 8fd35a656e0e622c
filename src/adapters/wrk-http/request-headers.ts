import type { WorkflowCall } from '../../ports/wrk-platform-client.js';

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

/** Whether a header is reserved, in any letter case. `referenceHeader` is reserved too, but is not known here. */
export function isReserved(name: string): boolean {
  return OWN.includes(name.toLowerCase()) || FRAMING.includes(name.toLowerCase());
}

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
