import { errorName } from '../../core/input/error-text.js';
import { reveal, type Secret } from '../../core/input/secret.js';
import { asPromise } from '../../runtime/waiting.js';
import type { CallLimit } from './call-limit.js';
import { oneLine } from './findings.js';
import { isReserved } from './request-headers.js';

/** What hooks see of a call: ids and sizes, but never the token, a header or the body. */
export interface WrkRequest {
  readonly method: 'POST';
  readonly url: string;
  readonly tenantId: string;
  /** The binding id. */
  readonly reference: string;
  /** The build's request id, the same on every call of the build. */
  readonly requestId: string;
  /** The id of this call, as in the call ledger and in the event `wrk_answered`. */
  readonly callId: string;
  readonly bodyBytes: number;
}

/** How a call ended at the HTTP level. */
export interface WrkResponse extends WrkRequest {
  /** `null` if no answer came. */
  readonly status: number | null;
  /** From sending the request to the end of the response body, in milliseconds. */
  readonly durationMs: number;
  /** WRK's request id, as stored in the call ledger. */
  readonly wrkRequestId: string | null;
}

/** Headers to add to a request. Wrap confidential values, such as a gateway key, with `secret`. */
export type AddedHeaders = Readonly<Record<string, string | Secret>>;

/** Host functions that run around each call. */
export interface WrkHooks {
  /**
   * Runs before each request and may return headers to add, for example trace headers. Its time counts toward the
   * deadline. If it throws, does not finish before the deadline, or returns a header that is invalid or that the call
   * sets itself, nothing is sent: the call ends as `not_sent`, and the build retries later.
   *
   * @default no headers are added
   */
  readonly beforeRequest?: (
    request: WrkRequest,
  ) => AddedHeaders | undefined | Promise<AddedHeaders | undefined>;
  /**
   * Called once for each request that was sent, however it ended. It is not awaited, and its errors are ignored: a
   * failing metric must not affect WRK's answer.
   *
   * @default nobody is called
   */
  readonly afterResponse?: (response: WrkResponse) => unknown;
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
  let given: unknown;
  try {
    given = await limit.within(asPromise(() => hook(request)));
  } catch (error) {
    if (limit.endedBy() !== null) return refusal('did not finish');
    // Only the error's name: its message may contain a secret.
    return refusal(`threw ${oneLine(errorName(error) ?? 'no error', 60)}`);
  }
  if (given === undefined || given === null) return { headers: {}, secrets: [] };
  const headers: Record<string, string> = {};
  const secrets: string[] = [];
  for (const [name, value] of Object.entries(given)) {
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

/** Calls the hook without waiting for it. */
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
