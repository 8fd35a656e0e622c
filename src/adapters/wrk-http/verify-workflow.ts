import { errorName } from '../../core/input/error-text.js';
import type { WorkflowCheck } from '../../core/orchestration/wrk-answer.js';
import type { WorkflowToVerify, WrkPlatformClient } from '../../ports/wrk-platform-client.js';
import type { Runtime } from '../../runtime/runtime.js';
import { oneLine } from './answer-body.js';
import { limitCall } from './call-limit.js';

/** What checks need. */
export interface CheckSettings {
  readonly verify: (workflow: WorkflowToVerify) => Promise<WorkflowCheck>;
  readonly deadlineMs: number;
  readonly redact: (text: string) => string;
  readonly runtime: Runtime;
}

const failed = (detail: string): WorkflowCheck => ({ kind: 'failed', detail });

/** Wraps the host's `verify`: once, within the deadline. Never throws, and what it cannot read has `failed`. */
export function verifyWith({
  verify,
  deadlineMs,
  redact,
  runtime,
}: CheckSettings): NonNullable<WrkPlatformClient['verifyWorkflow']> {
  return async (workflow) => {
    if (workflow.signal.aborted) return failed('the check was stopped before it began');
    const limit = limitCall(runtime, workflow.signal, deadlineMs);
    try {
      return believed(
        await limit.within(Promise.resolve(verify({ ...workflow, signal: limit.signal }))),
        redact,
      );
    } catch (error) {
      if (limit.endedBy() === 'caller') return failed('the check was stopped');
      if (limit.endedBy() === 'deadline') return failed(`the check did not finish within ${deadlineMs} ms`);
      // Only the error's name: its message may quote the request.
      return failed(`the check threw ${oneLine(errorName(error) ?? 'no error', 60)}`);
    } finally {
      limit.release();
    }
  };
}

/** Nothing but the two answers counts as one, whatever the host's function returns. */
function believed(check: WorkflowCheck | undefined, redact: CheckSettings['redact']): WorkflowCheck {
  switch (check?.kind) {
    case 'verified':
    case 'not_found':
      return { kind: check.kind };
    case 'failed':
      return failed(oneLine(redact(String(check.detail)), 200));
    default:
      return failed('the check returned no answer that can be read');
  }
}
