import type { Secret } from '../../core/input/secret.js';

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
