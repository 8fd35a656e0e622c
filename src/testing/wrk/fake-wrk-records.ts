import type { FakeWrkBehaviour } from './fake-wrk-behaviour.js';

/** One POST as a front end hands it to the model. */
export interface FakeWrkRequest {
  readonly body: string | Uint8Array;
  readonly contentType: string | null;
  readonly authorization: string | null;
  readonly key: string | null;
  readonly reference: string | null;
  /** The build's request id. */
  readonly requestId: string | null;
  /** The id of this one call. */
  readonly callId: string | null;
}

/** What the fake keeps of one POST. */
export interface FakeWrkCall {
  /** Counts from 1. */
  readonly number: number;
  /** When it came, in milliseconds, on the fake's clock. */
  readonly at: number;
  /** From the body; `null` where the body cannot be read. */
  readonly tenantId: string | null;
  readonly key: string | null;
  readonly reference: string | null;
  /** The build's request id. */
  readonly requestId: string | null;
  /** The id of this one call. */
  readonly callId: string | null;
  /** What WRK calls it, in the `x-request-id` of its answer: `wrk_req_` and the number. */
  readonly wrkRequestId: string;
  readonly bodyBytes: number;
  /** SHA-256 of the body as it came, in hexadecimal. */
  readonly bodyHash: string;
  /** The body as text, where `keepsBodies` says so. */
  readonly body: string | null;
  /** How it was taken; `null` where its key alone answered it. */
  readonly behaviour: FakeWrkBehaviour | null;
}

/** A workflow that the fake made. */
export interface FakeWrkWorkflow {
  readonly id: string;
  readonly url: string;
  readonly tenantId: string;
  readonly name: string;
  readonly reference: string | null;
  readonly key: string | null;
}

/** What kind of WRK to play. */
export interface FakeWrkOptions {
  /**
   * Whether a known idempotency key gives the workflow made for it.
   *
   * @default true
   */
  readonly honoursKeys?: boolean;
  /**
   * Whether a refusal or failure is stored under its key and replayed, as some services do.
   *
   * @default false
   */
  readonly replaysFailures?: boolean;
  /**
   * Whether another call with a known reference gets a 409 that names the workflow of its tenant, and makes no other one.
   *
   * @default false
   */
  readonly refusesKnownReferences?: boolean;
  /**
   * The bearer token wanted; other calls get a 401.
   *
   * @default none
   */
  readonly token?: string;
  /**
   * How long each answer takes, in milliseconds.
   *
   * @default 0
   */
  readonly latencyMs?: number;
  /**
   * Keeps the bodies of calls, for tests that look into them.
   *
   * @default false
   */
  readonly keepsBodies?: boolean;
  /**
   * What the ids of workflows begin with, before a number from 1. Choose another one for each fake that is used on one
   * database, where a workflow belongs to one build.
   *
   * @default 'wf_'
   */
  readonly idPrefix?: string;
  /**
   * The clock of `at`, in milliseconds.
   *
   * @default the system's
   */
  readonly now?: () => number;
}

/** What the fake reads of a body. */
export interface FakeWrkContent {
  readonly tenantId: string;
  readonly name: string;
}

/** Reads `{ name, blueprint, tenant_id }`; `null` where it is something else. */
export function readContent(body: string | Uint8Array): FakeWrkContent | null {
  try {
    const parsed: unknown = JSON.parse(textOfBody(body));
    if (typeof parsed !== 'object' || parsed === null) return null;
    if (!('tenant_id' in parsed) || typeof parsed.tenant_id !== 'string') return null;
    if (!('name' in parsed) || typeof parsed.name !== 'string' || !('blueprint' in parsed)) return null;
    return { tenantId: parsed.tenant_id, name: parsed.name };
  } catch {
    return null;
  }
}

/** A body as text. */
export function textOfBody(body: string | Uint8Array): string {
  return typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
}
