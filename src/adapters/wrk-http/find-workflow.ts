import { errorName, kindOfValue } from '../../core/input/error-text.js';
import type { WrkLookup } from '../../core/orchestration/wrk-answer.js';
import type { WrkPlatformClient } from '../../ports/wrk-platform-client.js';
import { retry } from '../../runtime/retry.js';
import type { Runtime } from '../../runtime/runtime.js';
import { oneLine, readWorkflow, type WorkflowRules } from './answer-body.js';
import { limitCall } from './call-limit.js';
import type { WorkflowQuery } from './options.js';

/** What lookups need. */
export interface LookupSettings {
  readonly find: (query: WorkflowQuery) => Promise<WrkLookup>;
  readonly deadlineMs: number;
  readonly rulesFor: (tenantId: string) => WorkflowRules & { readonly redact: (text: string) => string };
  readonly runtime: Runtime;
}

/** Too little of the lease was left to ask WRK. */
class TooLate extends Error {}

const failed = (detail: string): WrkLookup => ({ kind: 'failed', detail });

/**
 * Wraps the host's `find`: at most three attempts within one deadline. Never throws. Its result is checked against
 * the same rules as an answer to a call, since it comes from the same WRK.
 */
export function lookupWith({
  find,
  deadlineMs,
  rulesFor,
  runtime,
}: LookupSettings): WrkPlatformClient['findWorkflow'] {
  return async (query) => {
    if (query.signal.aborted) return failed('the lookup was stopped before it began');
    const limit = limitCall(runtime, query.signal, deadlineMs);
    let answer: WrkLookup | null = null;
    const attempt = async (): Promise<WrkLookup> => {
      answer = null;
      if (!query.mayBegin()) throw new TooLate();
      answer = believed(await find({ ...query, signal: limit.signal }), rulesFor(query.tenantId));
      // Thrown only so that it is tried again; `answer` keeps what was said.
      if (answer.kind === 'failed') throw new Error(answer.detail);
      return answer;
    };
    try {
      return await limit.within(
        retry(runtime, attempt, {
          maxRetries: 2,
          initialDelayMs: 100,
          signal: limit.signal,
          shouldRetry: (error) => !(error instanceof TooLate),
        }),
      );
    } catch (error) {
      if (error instanceof TooLate) return failed('nothing was looked up: too little of the lease was left');
      if (limit.endedBy() === 'caller') return failed('the lookup was stopped');
      if (limit.endedBy() === 'deadline') return failed(`the lookup did not finish within ${deadlineMs} ms`);
      // Only the error's name: its message may quote the request.
      return answer ?? failed(`the lookup threw ${oneLine(errorName(error) ?? 'no error', 60)}`);
    } finally {
      limit.release();
    }
  };
}

function believed(lookup: WrkLookup, rules: ReturnType<LookupSettings['rulesFor']>): WrkLookup {
  switch (lookup?.kind) {
    case 'absent':
      return { kind: 'absent' };
    case 'failed':
      return failed(oneLine(rules.redact(String(lookup.detail)), 200));
    case 'found': {
      const workflow = readWorkflow(lookup.workflowId, lookup.workflowUrl, rules);
      if (!workflow.usable) return failed(`the lookup returned an unusable workflow: ${workflow.why}`);
      return { kind: 'found', workflowId: workflow.workflowId, workflowUrl: workflow.workflowUrl };
    }
    // The function is the host's, and may return anything.
    default:
      return failed(
        `the lookup returned ${kindOfValue(lookup)} that is no answer: return { kind: 'found', workflowId, workflowUrl }, { kind: 'absent' } or { kind: 'failed', detail }`,
      );
  }
}
