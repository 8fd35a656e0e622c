import { describe, expect, it } from 'vitest';
import { answerOfLookup } from '../../../src/core/orchestration/wrk-answer.js';

describe('a lookup in place of a call', () => {
  it('that finds the workflow counts as created', () => {
    const workflow = { workflowId: 'wf_1', workflowUrl: 'https://wrk.example/wf_1' };
    expect(answerOfLookup({ kind: 'found', ...workflow })).toEqual({ kind: 'created', ...workflow });
  });

  it('that fails counts as an error of WRK', () => {
    expect(answerOfLookup({ kind: 'failed', detail: 'HTTP 500' })).toEqual({
      kind: 'api_error',
      retryAfterMs: null,
      detail: 'HTTP 500',
    });
  });

  it('that finds nothing leaves the call to be made', () => {
    expect(answerOfLookup({ kind: 'absent' })).toBeNull();
  });
});
