import type { DuplicatePolicy, WrkAnswer, WrkLookup } from '../core/orchestration/wrk-answer.js';

/** One POST to WRK. */
export interface WorkflowCall {
  readonly tenantId: string;
  /** The body, byte for byte: `{ name, blueprint, tenant_id }`. It is sent as it is, never parsed and printed again. */
  readonly body: string;
  /** Binding id and hash of the body: the same content never has two keys. */
  readonly idempotencyKey: string;
  /** The binding id, by which WRK can be asked for the workflow later. */
  readonly reference: string;
  /**
   * The build's request id, from whoever asked for the build: the same on each of its calls. Travels on as a header, so
   * that WRK's logs and ours can be joined.
   */
  readonly requestId: string;
  /** The id of this one call, which is that of its row in the call ledger. Travels in a header of its own. */
  readonly callId: string;
  /** Aborts the call when the process stops or the lease cannot be kept. */
  readonly signal: AbortSignal;
}

/**
 * The WRK Platform. It never throws for anything that WRK or the network does: every end of a call is an answer.
 * It makes one request for each call; when and whether to call again is decided elsewhere.
 */
export interface WrkPlatformClient {
  /** What this WRK offers against duplicates. */
  readonly duplicates: DuplicatePolicy;

  /**
   * Whether people may be sent to this address: the rule that holds for the answers of WRK, asked for a workflow that a
   * person names. Absent: any host, over https.
   */
  readonly isWorkflowUrlAllowed?: (url: string) => boolean;

  /** Asks WRK to create the workflow, once. Ends within the client's deadline, headers and body together. */
  readonly createWorkflow: (call: WorkflowCall) => Promise<WrkAnswer>;

  /** Asks WRK for the workflow of a reference. Only called where `duplicates` says `lookup`. */
  readonly findWorkflow: (query: {
    readonly tenantId: string;
    readonly reference: string;
    readonly requestId: string;
    readonly signal: AbortSignal;
  }) => Promise<WrkLookup>;
}
