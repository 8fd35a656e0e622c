import type { FakeWrkEnding } from './fake-wrk-behaviour.js';
import type { FakeWrkWorkflow } from './fake-wrk-records.js';

/** What a front end puts on the wire, or keeps from it, after `delayMs` milliseconds. */
export type FakeWrkReply = FakeWrkSilence | FakeWrkResponse;

/** No answer: the connection closes, is reset, or stays open for nothing. */
type FakeWrkSilence =
  | { readonly sends: 'drop'; readonly delayMs: number }
  | { readonly sends: 'reset'; readonly delayMs: number }
  | { readonly sends: 'hang'; readonly delayMs: number };

/** An answer, sent whole, by half, byte by byte without end, or as a flood without end. */
export interface FakeWrkResponse {
  readonly sends: 'whole' | 'half' | 'drip' | 'flood';
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly delayMs: number;
}

/** How often a dripping body gets its next byte, in milliseconds. */
export const DRIP_EVERY_MS = 5;

/** Statuses whose answers have no body. */
const WITHOUT_BODY = [204, 205, 304];
const JSON_HEADERS = { 'content-type': 'application/json' };

/** Turns an ending into what goes over the wire. */
export function replyOf(
  ending: FakeWrkEnding,
  workflow: FakeWrkWorkflow | null,
  delayMs: number,
): FakeWrkReply {
  switch (ending.shows) {
    case 'drop':
    case 'reset':
    case 'hang':
      return { delayMs, sends: ending.shows };
    case 'answer': {
      const { status, body = {}, headers } = ending;
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return {
        delayMs,
        sends: 'whole',
        status,
        headers: { ...JSON_HEADERS, ...inLowerCase(headers) },
        body: WITHOUT_BODY.includes(status) ? '' : text,
      };
    }
    case 'padded': {
      const body = JSON.stringify(tellOf(workflow)).padEnd(ending.bytes);
      return { delayMs, sends: 'whole', status: 201, headers: JSON_HEADERS, body };
    }
    case 'workflow':
    case 'half':
    case 'drip':
    case 'flood': {
      const sends = ending.shows === 'workflow' ? 'whole' : ending.shows;
      return { delayMs, sends, status: 201, headers: JSON_HEADERS, body: JSON.stringify(tellOf(workflow)) };
    }
  }
}

/** Names the request as WRK does, unless the script has named it. */
export function withRequestId(reply: FakeWrkReply, wrkRequestId: string): FakeWrkReply {
  if (!('headers' in reply)) return reply;
  return { ...reply, headers: { 'x-request-id': wrkRequestId, ...reply.headers } };
}

function inLowerCase(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function tellOf(workflow: FakeWrkWorkflow | null): unknown {
  if (workflow === null) return {};
  return {
    workflow_id: workflow.id,
    workflow_url: workflow.url,
    tenant_id: workflow.tenantId,
    reference: workflow.reference,
  };
}
