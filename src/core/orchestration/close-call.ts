import type { CallClosing } from '../build/decision.js';
import type { CallOutcome, ClaimedBuild } from '../build/facts.js';
import type { WrkAnswer } from './wrk-answer.js';

/** How the ledger row of this claim is closed; what is known of the call itself is added by `recordAnswer`. */
export function closeCall(
  { call }: Pick<ClaimedBuild, 'call'>,
  outcome: CallOutcome,
  detail: string,
  more: Partial<Pick<CallClosing, 'findings' | 'workflowId' | 'workflowUrl'>> = {},
): CallClosing {
  return {
    id: call.id,
    outcome,
    detail,
    findings: [],
    httpStatus: null,
    wrkRequestId: null,
    durationMs: null,
    workflowId: null,
    workflowUrl: null,
    ...more,
  };
}

/** Adds what ops need to find the call again at WRK. An open row stays open. */
export function recordAnswer(
  closing: CallClosing | null,
  { trace }: WrkAnswer,
  durationMs: number,
): CallClosing | null {
  if (!closing) return null;
  const { httpStatus, wrkRequestId } = trace ?? { httpStatus: null, wrkRequestId: null };
  return { ...closing, httpStatus, wrkRequestId, durationMs: Math.round(durationMs) };
}
