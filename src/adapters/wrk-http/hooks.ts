import { errorName } from '../../core/input/error-text.js';
import { reveal, type Secret } from '../../core/input/secret.js';
import { asPromise } from '../../runtime/waiting.js';
import type { CallLimit } from './call-limit.js';
import { oneLine } from './findings.js';
import { isReserved } from './request-headers.js';

/** What hooks see of a call: ids and sizes, never the token, a header or the body. */
export interface WrkRequest {
  readonly method: 'POST';
  readonly url: string;
  readonly tenantId: string;
  /** The binding id. */
  readonly reference: string;
  /** The build's request id, the same on every call of the build. */
  readonly requestId: string;
  /** The id of this one call, as in the call ledger and in the event `wrk_answered`. */
  readonly callId: string;
  readonly bodyBytes: number;
}

/** How a call ended, as far as HTTP knows. */
export interface WrkResponse extends WrkRequest {
  /** `null`: no answer came. */
  readonly status: number | null;
  /** From sending the request to the end of the answer's body, in milliseconds. */
  readonly durationMs: number;
  /** WRK's own name for the request, as it is kept in the call ledger. */
  readonly wrkRequestId: string | null;
}

/** Headers to add to a request. A value that nobody may see, such as a gateway's key, is a `secret`. */
export type AddedHeaders = Readonly<Record<string, string | Secret>>;

/** Functions of the host around each call. */
export interface WrkHooks {
  /**
   * Runs before each request and may add headers to it, for example those of a trace. It counts into the deadline.
   * Where it throws, is still at it at the deadline, or gives a header that the call sets itself or that no request can
   * carry, nothing is sent: the call ends as `not_sent`, and the build tries again later.
   */
  readonly beforeRequest?: (
    request: WrkRequest,
  ) => AddedHeaders | undefined | Promise<AddedHeaders | undefined>;
  /**
   * Told once of each request that was sent, however it ended. Nobody waits for it, and what it throws is ignored: the
   * answer of WRK counts, whatever becomes of a metric.
   */
  readonly afterResponse?: (response: WrkResponse) => unknown;
}

/** What `beforeRequest` gave, ready to be sent; or why nothing is sent. */
type Added =
  | { readonly headers: Readonly<Record<string, string>>; readonly secrets: readonly string[] }
  | { readonly refusal: string };

/** Asks the hook for headers. Never rejects. */
export async function askBefore(
  hook: WrkHooks['beforeRequest'],
  request: WrkRequest,
  referenceHeader: string,
  limit: CallLimit,
): Promise<Added> {
  if (!hook) return { headers: {}, secrets: [] };
  const refusal = (why: string) => ({ refusal: `the host's beforeRequest hook ${why}` });
  let given: unknown;
  try {
    given = await limit.within(asPromise(() => hook(request)));
  } catch (error) {
    if (limit.endedBy() !== null) return refusal('gave no answer');
    // Only the name of what was thrown: its message may quote a secret.
    return refusal(`threw ${oneLine(errorName(error) ?? 'no error', 60)}`);
  }
  if (given === undefined || given === null) return { headers: {}, secrets: [] };
  const headers: Record<string, string> = {};
  const secrets: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    const hidden = reveal(value);
    if (hidden !== null) secrets.push(hidden);
    const text: unknown = hidden ?? value;
    if (typeof text !== 'string' || !canCarry(name, text))
      return refusal('gave a header that no request can carry');
    if (isReserved(name) || name.toLowerCase() === referenceHeader.toLowerCase())
      return refusal(`gave the header ${name.toLowerCase()}, which the call sets itself`);
    headers[name.toLowerCase()] = text;
  }
  return { headers, secrets };
}

/** Tells the hook, and waits for nothing. */
export function tellAfter(hook: WrkHooks['afterResponse'], response: WrkResponse): void {
  if (hook) asPromise(() => hook(response)).catch(() => {});
}

function canCarry(name: string, text: string): boolean {
  try {
    new Headers([[name, text]]);
    return true;
  } catch {
    return false;
  }
}
