import ky from 'ky';
import { errorName } from '../../core/input/error-text.js';
import { reveal, type Secret } from '../../core/input/secret.js';
import type { WrkAnswer } from '../../core/orchestration/wrk-answer.js';
import type { WorkflowCall, WrkPlatformClient } from '../../ports/wrk-platform-client.js';
import type { Runtime } from '../../runtime/runtime.js';
import { systemRuntime } from '../../runtime/system-runtime.js';
import { asPromise } from '../../runtime/waiting.js';
import { type Exchange, sendOnce } from '../../transport/send-once.js';
import { oneLine, workflowUrlRule } from './answer-body.js';
import { answerOfFailure } from './answer-of-failure.js';
import {
  type AnswerRules,
  answerOfResponse,
  decodeBody,
  needsWholeBody,
  traceOf,
} from './answer-of-response.js';
import { type CallLimit, limitCall } from './call-limit.js';
import { lookupWith } from './find-workflow.js';
import type { WrkHooks, WrkRequest, WrkResponse } from './hooks.js';
import { readWrkHttpOptions, type WrkHttpOptions } from './options.js';
import { askBefore, isToken, requestHeaders, secretGuard } from './request-headers.js';
import { verifyWith } from './verify-workflow.js';

/** What ky is given for every exchange: it reads nothing of an answer, so it needs none. */
const ANSWERED = new Response(null);

/** A request that is ready to be sent, or the answer of a call that sent nothing. */
type Prepared =
  | { readonly headers: Record<string, string>; readonly secrets: readonly string[] }
  | { readonly unsent: WrkAnswer };

/**
 * The WRK Platform over HTTP: one `POST /wrk-api/workflows` for each call, without retries or redirects. It goes over
 * connections of its own, never through the global `fetch`, which hosts and frameworks patch. The reference is always sent
 * in its header; the idempotency key only if WRK honours it. `x-request-id` is the build's request id, the same on all of
 * its calls. `x-wrk-builds-call-id` is the id of the single call, as in the call ledger and the event `wrk_answered`. Only
 * validated parts of an answer are returned: no body, no header except WRK's request id, and never the token.
 *
 * @throws TypeError when an option is invalid. Failures of WRK or the network never throw.
 *
 * @example
 * ```ts
 * import { secret, wrkHttp } from 'wrk-builds/wrk-http';
 *
 * const wrk = wrkHttp({
 *   baseUrl: 'https://api.example.com',
 *   token: secret(process.env.WRK_TOKEN ?? ''),
 *   duplicates: { by: 'idempotency-key' },
 *   hooks: {
 *     beforeRequest: ({ callId }) => ({ traceparent: startSpan(callId) }),
 *     afterResponse: ({ callId, status, durationMs }) => endSpan(callId, { status, durationMs }),
 *   },
 * });
 * ```
 */
export function wrkHttp(options: WrkHttpOptions): WrkPlatformClient {
  return wrkHttpOn(systemRuntime, options);
}

/** The same on a runtime that somebody else may own. */
export function wrkHttpOn(runtime: Runtime, options: WrkHttpOptions): WrkPlatformClient {
  const settings = readWrkHttpOptions(options);
  const { baseUrl, token, duplicates, deadlineMs, referenceHeader, wrkRequestIdHeader, hooks } = settings;
  const url = `${baseUrl.replace(/\/+$/, '')}/wrk-api/workflows`;
  const isWorkflowUrlAllowed = workflowUrlRule(new URL(baseUrl), settings.workflowUrlHosts);
  const sendsKey = duplicates.by === 'idempotency-key';

  const rulesFor = (tenantId: string, sentSecrets: readonly string[]): AnswerRules => ({
    tenantId,
    isUrlAllowed: isWorkflowUrlAllowed,
    now: runtime.wallClockMs,
    wrkRequestIdHeader,
    ...secretGuard(sentSecrets),
  });

  /** Asks the host for the token and then for the hook's headers, right before each call, so that none is out of date. */
  const prepare = async (call: WorkflowCall, request: WrkRequest, limit: CallLimit): Promise<Prepared> => {
    const unsent = (why: string): Prepared => ({ unsent: answerUnsent(limit, deadlineMs, why) });
    const asked = token === undefined ? { bearer: null } : await tokenFrom(token, limit);
    if ('refusal' in asked) return unsent(`the host's token function ${asked.refusal}`);
    const { bearer } = asked;
    const added = await askBefore(hooks.beforeRequest, request, referenceHeader, limit);
    if ('refusal' in added) return unsent(added.refusal);
    const key = sendsKey ? call.idempotencyKey : null;
    return {
      headers: { ...added.headers, ...requestHeaders(call, { referenceHeader, key, bearer }) },
      secrets: bearer === null ? added.secrets : [bearer, ...added.secrets],
    };
  };

  /** One request, and the answer to it. Ky gives it its form; it never sends, since it copies what it sends. */
  const exchange = async (
    call: WorkflowCall,
    headers: Record<string, string>,
    limit: CallLimit,
  ): Promise<Exchange> => {
    let became: Exchange = { kind: 'failed', wasSent: false, error: null };
    const send = async (request: unknown) => {
      became = await sendOnce({
        url,
        method: 'POST',
        headers: request instanceof Request ? Object.fromEntries(request.headers) : headers,
        body: call.body,
        signal: limit.signal,
        maxBytes: settings.maxBodyBytes,
        mayBegin: call.mayBegin,
      });
      return ANSWERED;
    };
    try {
      await ky.post(url, { headers, retry: 0, throwHttpErrors: false, timeout: false, fetch: send });
    } catch {
      // Ky refused to form the request, and nothing was sent; what it says of that may quote a header.
    }
    return became;
  };

  const post = async (
    call: WorkflowCall,
    { headers, secrets }: Exclude<Prepared, { unsent: unknown }>,
    limit: CallLimit,
  ): Promise<WrkAnswer> => {
    const became = await exchange(call, headers, limit);
    switch (became.kind) {
      case 'not_begun':
        return NOT_BEGUN;
      case 'failed':
        if (limit.endedBy() === null) return answerOfFailure(became);
        return became.wasSent
          ? answerOfEnd(limit, deadlineMs, 'no answer came')
          : answerUnsent(limit, deadlineMs, 'no connection stood');
      case 'answered': {
        const rules = rulesFor(call.tenantId, secrets);
        const { status, header } = became;
        const answer = { status, header, body: decodeBody(became.body, settings.maxBodyBytes) };
        if (answer.body.kind === 'cut' && needsWholeBody(status) && limit.endedBy() !== null) {
          const state = `WRK answered ${status}, but the body was not complete`;
          return { ...answerOfEnd(limit, deadlineMs, state), trace: traceOf(answer, rules) };
        }
        return answerOfResponse(answer, rules);
      }
    }
  };

  return {
    duplicates:
      duplicates.by === 'lookup' ? { by: 'lookup', settleMs: duplicates.settleMs ?? deadlineMs } : duplicates,
    isWorkflowUrlAllowed,

    createWorkflow: async (call) => {
      if (call.signal.aborted) return STOPPED_BEFORE;
      const { tenantId, reference, requestId, callId } = call;
      const bodyBytes = Buffer.byteLength(call.body);
      const request: WrkRequest = { method: 'POST', url, tenantId, reference, requestId, callId, bodyBytes };
      const limit = limitCall(runtime, call.signal, deadlineMs);
      try {
        const prepared = await prepare(call, request, limit);
        if ('unsent' in prepared) return prepared.unsent;
        const startedAt = runtime.monotonicMs();
        const answer = await post(call, prepared, limit);
        if (answer.kind === 'not_begun') return answer;
        const durationMs = runtime.monotonicMs() - startedAt;
        const { httpStatus, wrkRequestId } = answer.trace ?? { httpStatus: null, wrkRequestId: null };
        tellAfter(hooks.afterResponse, { ...request, status: httpStatus, durationMs, wrkRequestId });
        return answer;
      } finally {
        limit.release();
      }
    },

    findWorkflow:
      duplicates.by === 'lookup'
        ? lookupWith({
            find: duplicates.find,
            deadlineMs,
            runtime,
            rulesFor: (tenantId) => rulesFor(tenantId, [reveal(token)].filter(isToken)),
          })
        : async () => ({
            kind: 'failed',
            detail: `lookups are not configured: 'duplicates' is { by: '${duplicates.by}' }`,
          }),

    ...(settings.verify && {
      verifyWorkflow: verifyWith({
        verify: settings.verify,
        deadlineMs,
        runtime,
        redact: secretGuard([reveal(token)].filter(isToken)).redact,
      }),
    }),
  };
}

const STOPPED_BEFORE: WrkAnswer = {
  kind: 'not_begun',
  retryInMs: 0,
  detail: 'the call was stopped before it was sent',
};

const NOT_BEGUN: WrkAnswer = {
  kind: 'not_begun',
  retryInMs: 0,
  detail: 'nothing was sent: too little of the lease was left',
};

/** The token for one call, or why there is none. Only an error's name is repeated: its message may contain a secret. */
async function tokenFrom(
  token: Secret | (() => Promise<Secret>),
  limit: CallLimit,
): Promise<{ readonly bearer: string | null } | { readonly refusal: string }> {
  if (typeof token !== 'function') return { bearer: reveal(token) };
  try {
    const given = reveal(await limit.within(Promise.resolve(token())));
    if (isToken(given)) return { bearer: given };
    return { refusal: "returned no usable token: return one made with secret('…')" };
  } catch (thrown) {
    if (limit.endedBy() !== null) return { refusal: 'did not finish' };
    return { refusal: `threw ${oneLine(errorName(thrown) ?? 'no error', 60)}` };
  }
}

function answerUnsent(limit: CallLimit, deadlineMs: number, why: string): WrkAnswer {
  if (limit.endedBy() === 'caller') return STOPPED_BEFORE;
  const late = limit.endedBy() === 'deadline' ? ` within ${deadlineMs} ms` : '';
  return { kind: 'not_sent', detail: `nothing was sent: ${why}${late}` };
}

function answerOfEnd(limit: CallLimit, deadlineMs: number, state: string): WrkAnswer {
  if (limit.endedBy() === 'caller')
    return { kind: 'aborted', detail: `${state} before the call was stopped` };
  return { kind: 'network_failure', detail: `${state} within ${deadlineMs} ms` };
}

/** Calls the hook without waiting for it. */
function tellAfter(hook: WrkHooks['afterResponse'], response: WrkResponse): void {
  if (hook) asPromise(() => hook(response)).catch(() => {});
}
