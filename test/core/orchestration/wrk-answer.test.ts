import { describe, expect, it } from 'vitest';
import { answerOfLookup } from '../../../src/core/orchestration/wrk-answer.js';

const settled = { mayBegin: true, settlesInMs: 0 };

describe('a lookup in place of a call', () => {
  it('that finds the workflow counts as created, however little time has passed', () => {
    const workflow = { workflowId: 'wf_1', workflowUrl: 'https://wrk.example/wf_1' };
    const found = { kind: 'found', ...workflow } as const;
    expect(answerOfLookup(found, settled)).toEqual({ kind: 'created', ...workflow });
    expect(answerOfLookup(found, { mayBegin: false, settlesInMs: 5 })).toEqual({
      kind: 'created',
      ...workflow,
    });
  });

  it('that fails counts as an error of WRK', () => {
    expect(answerOfLookup({ kind: 'failed', detail: 'HTTP 500' }, settled)).toEqual({
      kind: 'api_error',
      retryAfterMs: null,
      detail: 'HTTP 500',
    });
  });

  it('that the lease left no time for says nothing about WRK', () => {
    expect(
      answerOfLookup({ kind: 'failed', detail: 'no time' }, { mayBegin: false, settlesInMs: 0 }),
    ).toEqual({ kind: 'not_begun', retryInMs: 0, detail: 'no time' });
  });

  it('that finds nothing leaves the call to be made', () => {
    expect(answerOfLookup({ kind: 'absent' }, settled)).toBeNull();
  });

  it('A2: that finds nothing too early is made again later', () => {
    expect(answerOfLookup({ kind: 'absent' }, { mayBegin: true, settlesInMs: 1_200 })).toMatchObject({
      kind: 'not_begun',
      retryInMs: 1_200,
    });
  });
});
