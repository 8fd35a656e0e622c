import { workflowUrlRule } from '../../adapters/wrk-http/answer-body.js';
import {
  answerOfResponse,
  type BodyRead,
  tooLarge,
  traceOf,
} from '../../adapters/wrk-http/answer-of-response.js';
import { onAbort } from '../../adapters/wrk-http/call-limit.js';
import type { DuplicatePolicy, WrkAnswer } from '../../core/orchestration/wrk-answer.js';
import type { WorkflowCall, WrkPlatformClient } from '../../ports/wrk-platform-client.js';
import { systemRuntime } from '../../runtime/system-runtime.js';
import type { FakeWrk } from './fake-wrk.js';
import { checkFakeWrkClient } from './fake-wrk-options.js';
import type { FakeWrkReply } from './fake-wrk-reply.js';

const MAX_BYTES = 1024 * 1024;
/** No secret is sent, so none is looked for. */
const RULES = {
  carriesSecret: () => false,
  redact: (text: string) => text,
  now: systemRuntime.wallClockMs,
  wrkRequestIdHeader: 'x-request-id',
};

/** How the client without HTTP goes about its calls. */
export interface FakeWrkClientOptions {
  /** What the fake is taken to offer against duplicates; it should have been made to fit. */
  readonly duplicates: DuplicatePolicy;
  /**
   * The token presented; a fake that wants another answers 401.
   *
   * @default none
   */
  readonly token?: string;
  /**
   * How long a call may take, in milliseconds.
   *
   * @default 30_000
   */
  readonly deadlineMs?: number;
  /**
   * Lets time pass, in milliseconds, until the signal aborts at the latest. A simulation gives its own, so that a hanging
   * WRK costs no real time.
   *
   * @default a real timer
   */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * A `WrkPlatformClient` on the fake itself, without HTTP: for simulations of many thousand calls. It reads
 * answers by the very rules of the HTTP client.
 *
 * @throws TypeError that lists every invalid option
 */
export function fakeWrkClient(fake: FakeWrk, options: FakeWrkClientOptions): WrkPlatformClient {
  checkFakeWrkClient(fake, options);
  const { duplicates, deadlineMs = 30_000, sleep = realSleep } = options;
  const isWorkflowUrlAllowed = workflowUrlRule(new URL('https://wrk.example'), undefined);

  const outlast = async (ms: number, call: WorkflowCall): Promise<WrkAnswer | null> => {
    await sleep(Math.min(ms, deadlineMs), call.signal);
    if (call.signal.aborted) return { kind: 'aborted', detail: 'no answer came before the call was stopped' };
    if (ms < deadlineMs) return null;
    return { kind: 'network_failure', detail: `no answer came within ${deadlineMs} ms` };
  };

  return {
    duplicates,
    isWorkflowUrlAllowed,

    createWorkflow: async (call) => {
      if (call.signal.aborted || !call.mayBegin())
        return { kind: 'not_begun', retryInMs: 0, detail: 'nothing was sent' };
      const reply = fake.take({
        body: call.body,
        contentType: 'application/json',
        authorization: options.token === undefined ? null : `Bearer ${options.token}`,
        key: duplicates.by === 'idempotency-key' ? call.idempotencyKey : null,
        reference: call.reference,
        requestId: call.requestId,
        callId: call.callId,
      });
      const waits = neverEnds(reply) ? Number.POSITIVE_INFINITY : reply.delayMs;
      const end = waits > 0 ? await outlast(waits, call) : null;
      if (end !== null && reply.sends !== 'drip') return end;
      if (reply.sends === 'drop' || reply.sends === 'reset' || reply.sends === 'hang')
        return { kind: 'network_failure', detail: 'the connection broke before WRK answered' };
      const response = {
        status: reply.status,
        header: (name: string) => reply.headers[name] ?? null,
        body: bodyOf(reply.sends, reply.body),
      };
      const rules = { ...RULES, tenantId: call.tenantId, isUrlAllowed: isWorkflowUrlAllowed };
      return end === null ? answerOfResponse(response, rules) : { ...end, trace: traceOf(response, rules) };
    },

    findWorkflow: async ({ tenantId, reference, besides, signal, mayBegin }) => {
      if (duplicates.by !== 'lookup') return { kind: 'failed', detail: 'this WRK offers no lookup' };
      if (signal.aborted || !mayBegin())
        return { kind: 'failed', detail: 'the lookup was stopped before it started' };
      return await fake.find({ tenantId, reference, besides });
    },
  };
}

function neverEnds(reply: FakeWrkReply): boolean {
  return reply.sends === 'drip' || reply.sends === 'hang';
}

function bodyOf(sends: 'whole' | 'half' | 'drip' | 'flood', text: string): BodyRead {
  switch (sends) {
    case 'half':
    case 'drip':
      return { kind: 'cut' };
    case 'flood':
      return { kind: 'unreadable', why: tooLarge(MAX_BYTES) };
    case 'whole':
      if (text.length > MAX_BYTES) return { kind: 'unreadable', why: tooLarge(MAX_BYTES) };
      return { kind: 'whole', text };
  }
}

function realSleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      timer.clear();
      letGo();
      resolve();
    };
    const timer = systemRuntime.setTimer(ms, end);
    const letGo = onAbort(signal, end);
  });
}
