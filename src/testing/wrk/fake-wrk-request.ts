import type { FakeWrkRequest } from './fake-wrk-records.js';

/** Where a front end finds the parts of a call. */
export interface FakeWrkFrontOptions {
  /**
   * The header that carries the reference.
   *
   * @default `x-wrk-builds-reference`
   */
  readonly referenceHeader?: string;
}

/** The one route of WRK. */
export const WORKFLOWS_PATH = '/wrk-api/workflows';

/** Reads a POST as the model takes it. Percent-encoded ids, as the HTTP client sends odd ones, are decoded. */
export function requestOf(
  body: Uint8Array,
  header: (name: string) => string | null,
  { referenceHeader = 'x-wrk-builds-reference' }: FakeWrkFrontOptions,
): FakeWrkRequest {
  const id = (name: string) => {
    const value = header(name);
    return value === null ? null : decoded(value);
  };
  return {
    body,
    contentType: header('content-type'),
    authorization: header('authorization'),
    key: id('idempotency-key'),
    reference: id(referenceHeader),
    requestId: id('x-request-id'),
    callId: id('x-wrk-builds-call-id'),
  };
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
