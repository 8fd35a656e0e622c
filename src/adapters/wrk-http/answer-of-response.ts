// What WRK answered: the response, read and classified.

import type { CallTrace, WrkAnswer } from '../../core/orchestration/wrk-answer.js';
import type { CappedBody } from '../../transport/read-body.js';
import {
  oneLine,
  parseJson,
  readCreated,
  readExisting,
  readFindings,
  type WorkflowRules,
} from './answer-body.js';
import { readRetryAfter } from './retry-after.js';

/** The body of an answer, as far as it arrived. `cut`: the connection, the deadline or the caller ended it. */
export type BodyRead =
  | { readonly kind: 'whole'; readonly text: string }
  | { readonly kind: 'unreadable'; readonly why: string }
  | { readonly kind: 'cut' };

/** An HTTP answer of WRK, independent of the HTTP client. */
export interface HttpAnswer {
  readonly status: number;
  readonly header: (name: string) => string | null;
  readonly body: BodyRead;
}

/** What is needed to read an answer. */
export interface AnswerRules extends WorkflowRules {
  /** Removes our secrets from a text. */
  readonly redact: (text: string) => string;
  /** The current time in milliseconds, for a `Retry-After` that is a date. */
  readonly now: () => number;
  /** The response header with WRK's request id. */
  readonly wrkRequestIdHeader: string;
}

const MAX_REQUEST_ID_LENGTH = 200;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The text of a body that was read up to `maxBytes`. */
export function decodeBody({ end, bytes }: CappedBody, maxBytes: number): BodyRead {
  switch (end) {
    case 'more':
      return { kind: 'unreadable', why: tooLarge(maxBytes) };
    case 'broken':
      return { kind: 'cut' };
    case 'whole':
      try {
        return { kind: 'whole', text: utf8.decode(bytes) };
      } catch {
        return { kind: 'unreadable', why: 'it is not UTF-8' };
      }
  }
}

/** The reason for a body over the limit. */
export function tooLarge(maxBytes: number): string {
  return `it is larger than ${maxBytes} bytes`;
}

/**
 * Whether an answer with this status means nothing without its body. Every other status is enough on its own:
 * a 400 with an incomplete body is still a refusal.
 */
export function needsWholeBody(status: number): boolean {
  return isSuccess(status) || status === 409;
}

/** What ops need to find the call in WRK's logs. */
export function traceOf(
  { status, header }: Pick<HttpAnswer, 'status' | 'header'>,
  { redact, wrkRequestIdHeader }: Pick<AnswerRules, 'redact' | 'wrkRequestIdHeader'>,
): CallTrace {
  const named = oneLine(redact(header(wrkRequestIdHeader) ?? ''), MAX_REQUEST_ID_LENGTH);
  return { httpStatus: status, wrkRequestId: named === '' ? null : named };
}

/** Classifies an HTTP answer and adds its trace. */
export function answerOfResponse(response: HttpAnswer, rules: AnswerRules): WrkAnswer {
  return { ...meaningOf(response, rules), trace: traceOf(response, rules) };
}

/**
 * Maps statuses to answers. Beyond the statuses that the decisions name: 413 refuses this particular content; 405,
 * 301, 307 and 308 mean that our URL is wrong, for everyone; 410 is a permanent 404. Any other status, including 302
 * and 303 (a common answer to a successful POST), does not tell whether a workflow was created and counts as an API
 * error.
 */
function meaningOf(response: HttpAnswer, rules: AnswerRules): WrkAnswer {
  const { status } = response;
  const detail = `WRK answered ${status}`;
  if (isSuccess(status)) return answerOfSuccess(response, rules);
  switch (status) {
    case 400:
    case 413:
    case 422:
      return { kind: 'rejected', ...findingsOf(response, rules) };
    case 401:
    case 405:
      return { kind: 'access_denied', scope: 'everyone', detail };
    case 301:
    case 307:
    case 308:
      return {
        kind: 'access_denied',
        scope: 'everyone',
        detail: `${detail}: redirects are not followed`,
      };
    case 403:
    case 404:
    case 410:
      return { kind: 'access_denied', scope: 'tenant', detail };
    case 409:
      return answerOfConflict(response, rules);
    case 425:
    case 429:
      return { kind: 'not_now', retryAfterMs: retryAfterOf(response, rules), detail };
    default:
      return { kind: 'api_error', retryAfterMs: retryAfterOf(response, rules), detail };
  }
}

function answerOfSuccess({ status, body }: HttpAnswer, rules: AnswerRules): WrkAnswer {
  const unusable = (why: string): WrkAnswer => ({
    kind: 'unusable',
    detail: `WRK answered ${status}, but the body is unusable: ${why}`,
  });
  switch (body.kind) {
    case 'cut':
      return { kind: 'network_failure', detail: `WRK answered ${status}, but the response was cut off` };
    case 'unreadable':
      return unusable(body.why);
    case 'whole': {
      const workflow = readCreated(parseJson(body.text), rules);
      if (!workflow.usable) return unusable(workflow.why);
      return { kind: 'created', workflowId: workflow.workflowId, workflowUrl: workflow.workflowUrl };
    }
  }
}

function answerOfConflict(response: HttpAnswer, rules: AnswerRules): WrkAnswer {
  const { status, body } = response;
  if (body.kind === 'cut')
    return { kind: 'network_failure', detail: `WRK answered ${status}, but the response was cut off` };
  const existing = readExisting(body.kind === 'whole' ? parseJson(body.text) : undefined, rules);
  const retryAfterMs = retryAfterOf(response, rules);
  if (existing.workflowId === null && retryAfterMs !== null) {
    // The usual answer while a call with the same key is still in progress: there may be a workflow soon.
    return {
      kind: 'api_error',
      retryAfterMs,
      detail: `WRK answered ${status} and asks us to retry later for the workflow`,
    };
  }
  const said = existing.workflowId === null ? 'without a usable workflow id' : 'with a workflow';
  return { kind: 'already_exists', ...existing, detail: `WRK answered ${status} ${said}` };
}

function findingsOf(
  { status, body }: HttpAnswer,
  rules: AnswerRules,
): { findings: string[]; detail: string } {
  const refused = `WRK answered ${status} and rejected the blueprint`;
  if (body.kind !== 'whole') return { findings: [], detail: `${refused}; its findings could not be read` };
  const findings = readFindings(body.text, rules.redact);
  return { findings, detail: findings.length === 0 ? `${refused} without giving a reason` : refused };
}

function retryAfterOf(response: HttpAnswer, rules: AnswerRules): number | null {
  return readRetryAfter(response.header('retry-after'), response.header('date'), rules.now());
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
