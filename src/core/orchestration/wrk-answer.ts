/**
 * The outcome of one POST to WRK, in the terms that decisions need. HTTP codes stay in the HTTP adapter. `detail` is
 * one line for the ops team, without body, headers or secrets.
 */
export type WrkAnswer = AnswerKinds & { readonly trace?: CallTrace };

/** How to find a call again in WRK. */
export interface CallTrace {
  /** `null` without an HTTP answer, or if the client does not use HTTP. */
  readonly httpStatus: number | null;
  /** WRK's id of the request, if it sends one. One line, at most 200 characters. */
  readonly wrkRequestId: string | null;
}

type AnswerKinds =
  | { readonly kind: 'created'; readonly workflowId: string; readonly workflowUrl: string }
  /** The workflow exists already. `reference` is the one that WRK stored with it, if WRK returns it. */
  | {
      readonly kind: 'already_exists';
      readonly workflowId: string | null;
      readonly workflowUrl: string | null;
      readonly reference: string | null;
      readonly detail: string;
    }
  /** WRK read the blueprint and rejected it. `findings` are WRK's own, at most 50, for the ops team. */
  | { readonly kind: 'rejected'; readonly findings: readonly string[]; readonly detail: string }
  /** WRK refuses our access: of `everyone` (credentials, address), or of this `tenant` (forbidden, not found). */
  | { readonly kind: 'access_denied'; readonly scope: 'everyone' | 'tenant'; readonly detail: string }
  /** Nothing was created; WRK asks to retry later. */
  | { readonly kind: 'not_now'; readonly retryAfterMs: number | null; readonly detail: string }
  /** WRK failed; it may have created the workflow. */
  | { readonly kind: 'api_error'; readonly retryAfterMs: number | null; readonly detail: string }
  /** The call never reached WRK: connection refused, name not found. */
  | { readonly kind: 'not_sent'; readonly detail: string }
  /** Sent, but without a complete answer: timeout, reset. */
  | { readonly kind: 'network_failure'; readonly detail: string }
  /**
   * WRK reports success, but the answer is unusable: no id, invalid JSON, another tenant, a URL that is not allowed,
   * too large.
   */
  | { readonly kind: 'unusable'; readonly detail: string }
  /** Not begun by us, and so nothing was sent: the process is stopping, or too little of the lease was left. */
  | { readonly kind: 'not_begun'; readonly retryInMs: number; readonly detail: string }
  /** Aborted by us: the process is stopping, or the lease could not be extended. */
  | { readonly kind: 'aborted'; readonly detail: string };

/** The result of looking up the workflow of a reference. */
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

/** Whether a tenant has a workflow at WRK. */
export type WorkflowCheck =
  | {
      /** WRK has the workflow, and it is this tenant's. */
      readonly kind: 'verified';
    }
  | {
      /** WRK has no such workflow, or it is another tenant's. */
      readonly kind: 'not_found';
    }
  | {
      /** Nobody knows: the check failed. */
      readonly kind: 'failed';
      /** Why, in one line for ops, without a body, a header or a secret. */
      readonly detail: string;
    };

/**
 * The answer that a lookup stands for: a workflow that is found counts as created, a failed lookup as an API error unless
 * the lease left no time for it. `null` if WRK has no such workflow, so a call follows.
 *
 * The race: WRK may still be making the workflow of an earlier call that nobody heard the end of. Until that has settled,
 * that there is none says nothing, and the build comes back later.
 */
export function answerOfLookup(
  lookup: WrkLookup,
  { mayBegin, settlesInMs }: { readonly mayBegin: boolean; readonly settlesInMs: number },
): WrkAnswer | null {
  switch (lookup.kind) {
    case 'found':
      return { ...lookup, kind: 'created' };
    case 'failed':
      return mayBegin
        ? { kind: 'api_error', retryAfterMs: null, detail: lookup.detail }
        : { kind: 'not_begun', retryInMs: 0, detail: lookup.detail };
    case 'absent':
      if (settlesInMs <= 0) return null;
      return {
        kind: 'not_begun',
        retryInMs: settlesInMs,
        detail: 'WRK has no workflow yet, and may still be making the one of an earlier call',
      };
  }
}

/** How WRK prevents duplicates. It is not documented, so the host must say; there is no default. */
export type DuplicatePolicy =
  | {
      /** WRK answers a known key with the workflow that it created for it. */
      readonly by: 'idempotency-key';
    }
  | {
      /** WRK stores our reference and can be asked for it. */
      readonly by: 'lookup';
      /**
       * How long after a call whose outcome is unknown WRK may still be making its workflow, in milliseconds. Until then
       * nobody believes that there is none.
       */
      readonly settleMs: number;
    }
  | {
      /** WRK has nothing of the kind. */
      readonly by: 'nothing';
      /** Whether a build calls again after an unknown outcome, or is left to a person. */
      readonly onUnknownOutcome: 'retry' | 'stop';
    };
