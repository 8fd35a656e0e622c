import { describe, expect, it } from 'vitest';
import { readWrkAnswer } from '../../../src/core/orchestration/decide-outcome.js';
import type { WrkAnswer } from '../../../src/core/orchestration/wrk-answer.js';

const detail = 'as WRK says';
const ANSWERS: readonly WrkAnswer[] = [
  { kind: 'created', workflowId: 'wf', workflowUrl: 'https://wrk.example/wf' },
  { kind: 'already_exists', workflowId: null, workflowUrl: null, reference: null, detail },
  { kind: 'rejected', findings: ['Add a node.'], detail },
  { kind: 'access_denied', scope: 'everyone', detail },
  { kind: 'access_denied', scope: 'tenant', detail },
  { kind: 'not_now', retryAfterMs: null, detail },
  { kind: 'api_error', retryAfterMs: 5, detail },
  { kind: 'not_sent', detail },
  { kind: 'network_failure', detail },
  { kind: 'unusable', detail },
  { kind: 'not_begun', retryInMs: 0, detail },
  { kind: 'aborted', detail },
];

describe('C10 what a client of WRK returns', () => {
  it.each(ANSWERS)('is its answer: $kind', (answer) => {
    expect(readWrkAnswer({ status: 'fulfilled', value: answer }, false)).toBe(answer);
  });

  const broken = ['null', '"created"', '{}', '{"kind":"toString"}', '{"kind":"created","workflowId":7}'];
  it.each([...broken, ...ANSWERS.map(({ kind }) => JSON.stringify({ kind }))])(
    'may have made a workflow where it is %s',
    (json) => {
      expect(readWrkAnswer({ status: 'fulfilled', value: JSON.parse(json) }, false)).toMatchObject({
        kind: 'unusable',
        detail: expect.stringMatching(
          /^the client of WRK returned (?:null|a string|an object) that is no answer: return/,
        ),
      });
    },
  );

  it('may have made a workflow where it threw, unless it was stopped; the message is not repeated', () => {
    const thrown = new TypeError('Bearer secret');
    expect(readWrkAnswer({ status: 'rejected', reason: thrown }, false)).toEqual({
      kind: 'network_failure',
      detail: 'the client of WRK threw TypeError',
    });
    expect(readWrkAnswer({ status: 'rejected', reason: null }, true)).toEqual({
      kind: 'aborted',
      detail: 'the client of WRK threw what is no Error',
    });
  });
});
