import type { WorkflowCall } from '../../ports/wrk-platform-client.js';

/** The build's request id, the same on every call of the build: it joins WRK's logs with the host's. */
const REQUEST_ID = 'x-request-id';
/** The id of this one call, which is that of its row in the call ledger. */
const CALL_ID = 'x-wrk-builds-call-id';

/** Names that the call uses itself. Nobody may give them another value. */
const OWN: readonly string[] = [
  'accept',
  'authorization',
  'content-type',
  'idempotency-key',
  REQUEST_ID,
  CALL_ID,
];

/** Names by which a message is framed or unpacked; with another value it would not arrive as it is. */
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

/** Whether a header is ours to set, in any spelling; `referenceHeader` is as well, but not known here. */
export function isReserved(name: string): boolean {
  return OWN.includes(name.toLowerCase()) || FRAMING.includes(name.toLowerCase());
}

/** The headers of one call. A key or a bearer token that is `null` is not sent. */
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

/** Ids may be any text, headers may not: such an id is percent-encoded, and so is a percent sign of its own. */
function headerText(text: string): string {
  return /^[\x21-\x24\x26-\x7e]+$/.test(text) ? text : encodeURIComponent(text);
}
