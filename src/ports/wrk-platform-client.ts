import type { DuplicatePolicy, WrkAnswer, WrkLookup } from '../core/orchestration/wrk-answer.js';

/** One POST to WRK. */
export interface WorkflowCall {
  readonly tenantId: string;
  /**
   * The body, byte for byte: `{ name, blueprint, tenant_id }`. It is sent unchanged, never parsed and serialized again.
   */
  readonly body: string;
  /** Made from the binding id and a hash of the body: the same content never has two keys. */
  readonly idempotencyKey: string;
  /** The binding id, by which the workflow can be looked up later. */
  readonly reference: string;
  /**
   * The request id of the build, the same on each of its calls. Sent as a header, so that WRK's logs can be matched
   * with ours.
   */
  readonly requestId: string;
  /** The id of this call and of its row in the call ledger. Sent in a header of its own. */
  readonly callId: string;
  /** Aborts the call when the process stops or the lease cannot be extended. */
  readonly signal: AbortSignal;
  /**
   * Asked once the connection stands, right before the first byte of the request: whether enough of the lease is left. If
   * not, nothing is sent, and the answer is `not_begun`.
   */
  readonly mayBegin: () => boolean;
}

/**
 * The WRK Platform. It never throws for anything that WRK or the network does: every call ends in an answer. It sends
 * one request for each call; retries are decided elsewhere.
 */
export interface WrkPlatformClient {
  /** How this WRK prevents duplicates. */
  readonly duplicates: DuplicatePolicy;

  /**
   * Whether a workflow may have this URL: the rule for WRK's answers, applied to a workflow that a person names.
   * Absent: any host, over https.
   */
  readonly isWorkflowUrlAllowed?: (url: string) => boolean;

  /** Asks WRK to create the workflow, once. Ends within the client's deadline, headers and body together. */
  readonly createWorkflow: (call: WorkflowCall) => Promise<WrkAnswer>;

  /** Looks up the workflow of a reference. Only called if `duplicates` is by `lookup`. */
  readonly findWorkflow: (query: {
    readonly tenantId: string;
    readonly reference: string;
    readonly requestId: string;
    /**
     * The workflow that the build holds; `null`: none. If WRK has several workflows of the reference, the answer is one that
     * is not this.
     */
    readonly besides: string | null;
    readonly signal: AbortSignal;
    /** Asked right before each request, as for a call. If it says no, nothing is sent, and the lookup has `failed`. */
    readonly mayBegin: () => boolean;
  }) => Promise<WrkLookup>;
}
