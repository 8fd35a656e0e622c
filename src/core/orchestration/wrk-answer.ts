/**
 * What became of one POST to WRK, in the terms a decision needs. HTTP codes stay in the HTTP adapter.
 * `detail` is one line for ops; it carries no body, header or secret.
 */
export type WrkAnswer = AnswerKinds & { readonly trace?: CallTrace };

/** What WRK said of a call besides its answer, for ops to find it again at WRK. */
export interface CallTrace {
  /** `null`: no HTTP answer came, or the client does not speak HTTP. */
  readonly httpStatus: number | null;
  /** WRK's own name for the request, if it gives one. One line, at most 200 characters. */
  readonly wrkRequestId: string | null;
}

type AnswerKinds =
  | { readonly kind: 'created'; readonly workflowId: string; readonly workflowUrl: string }
  /** WRK says the workflow is there already. `reference` is the one WRK stored with it, if it says so. */
  | {
      readonly kind: 'already_exists';
      readonly workflowId: string | null;
      readonly workflowUrl: string | null;
      readonly reference: string | null;
      readonly detail: string;
    }
  /** WRK read the blueprint and will not have it. `findings` are WRK's own, at most 50, for ops. */
  | { readonly kind: 'rejected'; readonly findings: readonly string[]; readonly detail: string }
  /** Our access or address is wrong: `everyone` (credentials), or this `tenant` (forbidden, not found). */
  | { readonly kind: 'access_denied'; readonly scope: 'everyone' | 'tenant'; readonly detail: string }
  /** Surely nothing was made; WRK asks for patience. */
  | { readonly kind: 'not_now'; readonly retryAfterMs: number | null; readonly detail: string }
  /** WRK failed; nobody knows whether it made the workflow first. */
  | { readonly kind: 'api_error'; readonly retryAfterMs: number | null; readonly detail: string }
  /** Surely never reached WRK: connection refused, name not found. */
  | { readonly kind: 'not_sent'; readonly detail: string }
  /** Sent, and no whole answer came: timeout, reset. */
  | { readonly kind: 'network_failure'; readonly detail: string }
  /** WRK says it worked, and the answer cannot be used: no id, bad JSON, foreign tenant, hostile URL, too large. */
  | { readonly kind: 'unusable'; readonly detail: string }
  /** We hung up ourselves: the process stops, or the lease could not be kept. */
  | { readonly kind: 'aborted'; readonly detail: string };

/** What WRK answers when asked for the workflow of a reference. */
export type WrkLookup =
  | {
      /** WRK has the workflow. */
      readonly kind: 'found';
      /** The id that the workflow has at WRK. */
      readonly workflowId: string;
      /** The address that people are sent to. */
      readonly workflowUrl: string;
    }
  | {
      /** WRK has no workflow of this reference. */
      readonly kind: 'absent';
    }
  | {
      /** Nobody knows: the lookup failed. */
      readonly kind: 'failed';
      /** Why, in one line for ops, without a body, a header or a secret. */
      readonly detail: string;
    };

/**
 * What a lookup comes to in place of a call: a workflow that is found counts as created, a lookup that fails as an error
 * of WRK. `null`: WRK has no such workflow, so it is called.
 */
export function answerOfLookup(lookup: WrkLookup): WrkAnswer | null {
  switch (lookup.kind) {
    case 'found':
      return { ...lookup, kind: 'created' };
    case 'failed':
      return { kind: 'api_error', retryAfterMs: null, detail: lookup.detail };
    case 'absent':
      return null;
  }
}

/** What WRK offers against duplicates. It is not documented, so the host must say; there is no default. */
export type DuplicatePolicy =
  | {
      /** WRK answers a known key with the workflow that it created for it. */
      readonly by: 'idempotency-key';
    }
  | {
      /** WRK stores our reference and can be asked for it. */
      readonly by: 'lookup';
    }
  | {
      /** WRK has nothing of the kind. */
      readonly by: 'nothing';
      /** Whether a build calls again after an unknown outcome, or is left to a person. */
      readonly onUnknownOutcome: 'retry' | 'stop';
    };
