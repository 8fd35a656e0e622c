import ky from 'ky';
import { reveal, type Secret } from '../../core/input/secret.js';
import type { WrkAnswer } from '../../core/orchestration/wrk-answer.js';
import type { WorkflowCall, WrkPlatformClient } from '../../ports/wrk-platform-client.js';
import type { Runtime } from '../../runtime/runtime.js';
import { systemRuntime } from '../../runtime/system-runtime.js';
import { asPromise } from '../../runtime/waiting.js';
import { workflowUrlRule } from './answer-body.js';
import { answerOfFailure } from './answer-of-failure.js';
import {
  type AnswerRules,
  answerOfResponse,
  needsWholeBody,
  readBody,
  traceOf,
} from './answer-of-response.js';
import { type CallLimit, limitCall } from './call-limit.js';
import { lookupWith } from './find-workflow.js';
import type { WrkHooks, WrkRequest, WrkResponse } from './hooks.js';
import { readWrkHttpOptions, type WrkHttpOptions } from './options.js';
import { askBefore, isToken, requestHeaders, secretGuard } from './request-headers.js';

/** A request that is ready to be sent, or the answer of a call that sent nothing. */
type Prepared =
  | { readonly headers: Record<string, string>; readonly secrets: readonly string[] }
  | { readonly unsent: WrkAnswer };

/**
 * The WRK Platform over HTTP: one `POST /wrk-api/workflows` for each call, without retries or redirects (except that
 * `fetch` itself answers a 421, which means "misdirected, not processed", by sending once more over a new connection).
 * The reference is always sent in its header; the idempotency key only if WRK honours it. `x-request-id` is the build's
 * request id, the same on all of its calls. `x-wrk-builds-call-id` is the id of the single call, as in the call ledger
 * and the event `wrk_answered`. Only validated parts of an answer are returned: no body, no header except WRK's request
 * id, and never the token.
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
    const bearer = token === undefined ? null : await tokenFrom(token, limit);
    if (token !== undefined && bearer === null) {
      return unsent("the host's token function returned no usable token: return one made with secret('…')");
    }
    const added = await askBefore(hooks.beforeRequest, request, referenceHeader, limit);
    if ('refusal' in added) return unsent(added.refusal);
    const key = sendsKey ? call.idempotencyKey : null;
    return {
      headers: { ...added.headers, ...requestHeaders(call, { referenceHeader, key, bearer }) },
      secrets: bearer === null ? added.secrets : [bearer, ...added.secrets],
    };
  };

  const post = async (
    { tenantId, body: sent }: WorkflowCall,
    { headers, secrets }: Exclude<Prepared, { unsent: unknown }>,
    limit: CallLimit,
  ): Promise<WrkAnswer> => {
    const response = await ky.post(url, {
      headers,
      retry: 0,
      throwHttpErrors: false,
      // Ky's own timeout ends when the headers arrive; our signal covers the body too.
      timeout: false,
      // Ky copies each request, and copying a body or a signal costs more than sending them (measured: a quarter of a
      // call's CPU time). So both are added only here, where the request is sent.
      fetch: (request) =>
        fetch(new URL(request instanceof Request ? request.url : request), {
          method: 'POST',
          headers: request instanceof Request ? request.headers : {},
          body: sent,
          redirect: 'manual',
          signal: limit.signal,
        }),
    });
    // Read even if the status is enough: an unread body costs the connection.
    const body = await readBody(response, settings.maxBodyBytes, limit.signal);
    const rules = rulesFor(tenantId, secrets);
    const answer = { status: response.status, header: (name: string) => response.headers.get(name), body };
    if (body.kind === 'cut' && needsWholeBody(response.status) && limit.endedBy() !== null) {
      const state = `WRK answered ${response.status}, but the body was not complete`;
      return { ...answerOfEnd(limit, deadlineMs, state), trace: traceOf(answer, rules) };
    }
    return answerOfResponse(answer, rules);
  };

  return {
    duplicates: duplicates.by === 'lookup' ? { by: 'lookup' } : duplicates,
    isWorkflowUrlAllowed,

    createWorkflow: async (call) => {
      if (call.signal.aborted) return { kind: 'aborted', detail: 'the call was stopped before it was sent' };
      const { tenantId, reference, requestId, callId } = call;
      const bodyBytes = Buffer.byteLength(call.body);
      const request: WrkRequest = { method: 'POST', url, tenantId, reference, requestId, callId, bodyBytes };
      const limit = limitCall(runtime, call.signal, deadlineMs);
      try {
        const prepared = await prepare(call, request, limit);
        if ('unsent' in prepared) return prepared.unsent;
        const startedAt = runtime.monotonicMs();
        const answer = await post(call, prepared, limit).catch(
          (error: unknown): WrkAnswer =>
            limit.endedBy() === null
              ? answerOfFailure(error)
              : answerOfEnd(limit, deadlineMs, 'no answer came'),
        );
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
  };
}

/** The token for one call; `null` if the host's function failed, returned none, or did not finish in time. */
async function tokenFrom(token: Secret | (() => Promise<Secret>), limit: CallLimit): Promise<string | null> {
  if (typeof token !== 'function') return reveal(token);
  try {
    const given = reveal(await limit.within(Promise.resolve(token())));
    return isToken(given) ? given : null;
  } catch {
    return null;
  }
}

function answerUnsent(limit: CallLimit, deadlineMs: number, why: string): WrkAnswer {
  if (limit.endedBy() === 'caller')
    return { kind: 'aborted', detail: 'the call was stopped before it was sent' };
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
