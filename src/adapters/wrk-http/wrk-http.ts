import ky from 'ky';
import type { WrkAnswer } from '../../core/wrk-answer.js';
import type { WorkflowCall, WrkPlatformClient } from '../../ports/wrk-platform-client.js';
import { answerOfFailure } from './answer-of-failure.js';
import { type AnswerRules, answerOfResponse, needsWholeBody } from './answer-of-response.js';
import { isToken, secretGuard } from './bearer-token.js';
import { type CallLimit, limitCall } from './call-limit.js';
import { lookupWith } from './find-workflow.js';
import { readOptions, type WrkHttpOptions } from './options.js';
import { readBody } from './read-body.js';
import { workflowUrlRule } from './workflow-url.js';

/**
 * The WRK Platform over HTTP: one `POST /wrk-api/workflows` for each call, never repeated here and never
 * redirected (but `fetch` itself answers a 421, which says "wrong server, not looked at", by sending once
 * more over a new connection). The reference always travels, in its header; the idempotency key only where WRK honours it.
 * Of an answer nothing but what was checked comes back: no body, no header, and never the token.
 *
 * @throws TypeError when an option cannot be used. Nothing that WRK or the network does is ever thrown.
 */
export function wrkHttp(options: WrkHttpOptions): WrkPlatformClient {
  const { baseUrl, token, duplicates, deadlineMs, referenceHeader, workflowUrlHosts, maxBodyBytes } =
    readOptions(options);
  const url = `${baseUrl.replace(/\/+$/, '')}/wrk-api/workflows`;
  const isUrlAllowed = workflowUrlRule(new URL(baseUrl), workflowUrlHosts);
  const sendsKey = duplicates.by === 'idempotency-key';

  const rulesFor = (tenantId: string, sentToken: string | null): AnswerRules => ({
    tenantId,
    isUrlAllowed,
    now: Date.now,
    ...secretGuard(sentToken),
  });

  const headersFor = (call: WorkflowCall, bearer: string | null): Record<string, string> => {
    const headers: Record<string, string> = {
      accept: 'application/json',
      'content-type': 'application/json',
      'x-request-id': headerText(call.requestId),
      [referenceHeader]: headerText(call.reference),
    };
    if (sendsKey) headers['idempotency-key'] = headerText(call.idempotencyKey);
    if (bearer !== null) headers.authorization = `Bearer ${bearer}`;
    return headers;
  };

  const post = async (call: WorkflowCall, bearer: string | null, limit: CallLimit): Promise<WrkAnswer> => {
    const response = await ky.post(url, {
      headers: headersFor(call, bearer),
      retry: 0,
      throwHttpErrors: false,
      // Ky's own ends when the headers arrive; our signal goes on over the body.
      timeout: false,
      // Ky copies each request that it makes, and to copy a body or a signal costs more than to send them (measured:
      // a quarter of a call's processor time). Both join the request here, where it is sent.
      fetch: (request) =>
        fetch(new URL(request instanceof Request ? request.url : request), {
          method: 'POST',
          headers: request instanceof Request ? request.headers : {},
          body: call.body,
          redirect: 'manual',
          signal: limit.signal,
        }),
    });
    // Also where the status says it all: a body left unread costs the connection.
    const body = await readBody(response, maxBodyBytes, limit.signal);
    if (body.kind === 'cut' && needsWholeBody(response.status) && limit.endedBy() !== null) {
      return answerOfEnd(limit, deadlineMs, `WRK answered ${response.status}, and the body was not whole`);
    }
    return answerOfResponse(
      { status: response.status, header: (name) => response.headers.get(name), body },
      rulesFor(call.tenantId, bearer),
    );
  };

  return {
    duplicates: duplicates.by === 'lookup' ? { by: 'lookup' } : duplicates,

    createWorkflow: async (call) => {
      if (call.signal.aborted) return { kind: 'aborted', detail: 'the call was stopped before it was sent' };
      const limit = limitCall(call.signal, deadlineMs);
      try {
        let bearer: string | null = null;
        if (token !== undefined) {
          bearer = typeof token === 'string' ? token : await askForToken(token, limit);
          if (bearer === null) return answerWithoutToken(limit, deadlineMs);
        }
        return await post(call, bearer, limit);
      } catch (error) {
        return limit.endedBy() === null
          ? answerOfFailure(error)
          : answerOfEnd(limit, deadlineMs, 'no answer came');
      } finally {
        limit.release();
      }
    },

    findWorkflow:
      duplicates.by === 'lookup'
        ? lookupWith({
            find: duplicates.find,
            deadlineMs,
            rulesFor: (tenantId) => rulesFor(tenantId, typeof token === 'string' ? token : null),
          })
        : async () => ({
            kind: 'failed',
            detail: `this WRK offers no lookup: duplicates are prevented by ${duplicates.by}`,
          }),
  };
}

/** The token for one call; `null` where the host's function failed, gave none, or was still at it in the end. */
async function askForToken(token: () => Promise<string>, limit: CallLimit): Promise<string | null> {
  try {
    const given = await limit.within(Promise.resolve(token()));
    return isToken(given) ? given : null;
  } catch {
    return null;
  }
}

function answerWithoutToken(limit: CallLimit, deadlineMs: number): WrkAnswer {
  if (limit.endedBy() === 'caller')
    return { kind: 'aborted', detail: 'the call was stopped before it was sent' };
  const late = limit.endedBy() === 'deadline' ? ` within ${deadlineMs} ms` : '';
  return {
    kind: 'not_sent',
    detail: `nothing was sent: the host's token function gave no usable token${late}`,
  };
}

function answerOfEnd(limit: CallLimit, deadlineMs: number, state: string): WrkAnswer {
  if (limit.endedBy() === 'caller')
    return { kind: 'aborted', detail: `${state} before the call was stopped` };
  return { kind: 'network_failure', detail: `${state} within ${deadlineMs} ms` };
}

/** Ids may be any text, headers may not: such an id is percent-encoded, and so is a percent sign of its own. */
function headerText(text: string): string {
  return /^[\x21-\x24\x26-\x7e]+$/.test(text) ? text : encodeURIComponent(text);
}
