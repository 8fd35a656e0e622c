import { describe, expect, it } from 'vitest';
import { BUILD_ERROR_REASONS } from '../../../src/core/build/errors.js';
import type { BuildRecord } from '../../../src/core/views/build-record.js';
import { explainBuild } from '../../../src/core/views/explain/explain-build.js';
import { sayDuration } from '../../../src/core/views/explain/say-duration.js';
import { buildRecord, callRecord } from '../support/build-records.js';

const WAITING = ['adopt_workflow', 'cancel_build', 'assign_build'] as const;
const CAN_WAITING = 'you can adopt a workflow for it, cancel it or assign it.';
const CAN_FAILED = 'you can retry it, adopt a workflow for it, cancel it or assign it.';

const failed = (errorReason: string, detail?: string): BuildRecord =>
  buildRecord({
    binding: { status: 'error', errorReason },
    errorDetails: detail === undefined ? null : { detail },
  });

describe('a build that waits or runs, in words', () => {
  it('waits for a worker', () => {
    expect(explainBuild(buildRecord({ dueInMs: -12_300 }))).toEqual({
      state: 'waiting_for_worker',
      sentence: `The build has waited for a free worker for 12 seconds; the next one calls WRK at once; if none comes for minutes, see whether workers run and whether a limit holds it back; ${CAN_WAITING}`,
      nextInMs: 0,
      actions: WAITING,
    });
  });

  it('waits before another call, with what WRK said last', () => {
    const calls = [
      callRecord(1, 'unknown', 'WRK answered 503'),
      callRecord(2, 'not_sent', 'the process stopped'),
    ];
    expect(explainBuild(buildRecord({ dueInMs: 4_200, calls }))).toEqual({
      state: 'waiting_for_retry',
      sentence: `The build waits before it calls WRK again (last time: WRK answered 503); that happens by itself in 4 seconds; ${CAN_WAITING}`,
      nextInMs: 4_200,
      actions: WAITING,
    });
  });

  it('is in the hands of a worker, who must not be disturbed', () => {
    const calls = [callRecord(1, 'refused', 'WRK answered 429'), callRecord(2, null, null)];
    expect(explainBuild(buildRecord({ heldForMs: 60_000, calls }))).toEqual({
      state: 'calling_wrk',
      sentence:
        'A worker is at the build, with call 2 of run 1 (last time: WRK answered 429); WRK’s answer decides what comes next, and if the worker dies another one takes over in 1 minute; you can assign it.',
      nextInMs: 60_000,
      actions: ['assign_build'],
    });
  });

  it('counts the calls of its own run alone', () => {
    const calls = [callRecord(1, 'refused', 'WRK answered 429'), { ...callRecord(1, null, null), run: 2 }];
    const { sentence } = explainBuild(buildRecord({ binding: { run: 2 }, heldForMs: 500, calls }));
    expect(sentence).toContain('with call 1 of run 2; WRK’s answer');
    expect(sentence).toContain('takes over in a moment');
  });

  it.each([
    ['credentials_refused', null, 'WRK has refused our credentials'],
    ['consecutive_failures', null, 'WRK has failed at every call'],
    ['tenant_refused', 'tenant-1', 'WRK has turned this tenant away'],
  ] as const)('waits at an open breaker: %s', (reason, tenantId, because) => {
    const open = { reason, probes: 3, openForMs: 600_000, nextProbeInMs: 8_000 };
    const circuitBreakers = [{ tenantId, version: '4', failures: 9, open }];
    expect(explainBuild(buildRecord({ dueInMs: -5_000, circuitBreakers }))).toEqual({
      state: 'waiting_for_wrk',
      sentence: `The build waits uncalled, since ${because} for 10 minutes; one build at a time tries, the next one in 8 seconds, and all go on by themselves once one succeeds; ${CAN_WAITING}`,
      nextInMs: 8_000,
      actions: WAITING,
    });
  });

  it('does not wait at a circuit breaker that only counts failures', () => {
    const circuitBreakers = [{ tenantId: null, version: '4', failures: 3, open: null }];
    expect(explainBuild(buildRecord({ circuitBreakers })).state).toBe('waiting_for_worker');
  });

  it('is carried out by people', () => {
    expect(explainBuild(buildRecord({ binding: { orchestration: 'manual' } }))).toEqual({
      state: 'waiting_for_people',
      sentence: `The build is carried out by people, outside; nothing happens by itself until somebody adopts the workflow that they made; ${CAN_WAITING}`,
      nextInMs: null,
      actions: WAITING,
    });
  });
});

describe('a build that has ended, in words', () => {
  it('is complete', () => {
    expect(explainBuild(buildRecord({ binding: { status: 'active', workflowId: 'wf-1' } }))).toEqual({
      state: 'active',
      sentence:
        'The build is complete: WRK holds its workflow wf-1; QA can start, and changes go into a new version.',
      nextInMs: null,
      actions: [],
    });
  });

  it('was cancelled', () => {
    expect(explainBuild(buildRecord({ binding: { status: 'cancelled' } }))).toEqual({
      state: 'cancelled',
      sentence:
        'The build was cancelled; nothing happens by itself; you can request a build of the version again.',
      nextInMs: null,
      actions: ['request_build'],
    });
  });

  it.each([
    [
      'blueprint_rejected',
      'The build failed because WRK refuses the blueprint (WRK answered 422); nothing happens by itself: fix what WRK found in the blueprint, then retry the build',
    ],
    [
      'invalid_blueprint',
      'The build failed because the blueprint is not complete any more, so WRK was not called (WRK answered 422); nothing happens by itself: fix what is listed in the blueprint, then retry the build',
    ],
    [
      'wrk_api_error',
      'The build failed because WRK kept failing (WRK answered 422); nothing happens by itself: retry the build once WRK works again',
    ],
    [
      'network_failure',
      'The build failed because WRK could not be reached, or the connection kept breaking (WRK answered 422); nothing happens by itself: retry the build once WRK can be reached again',
    ],
    [
      'outcome_unknown',
      'The build failed because nobody knows whether WRK made the workflow (WRK answered 422); nothing happens by itself: look for the workflow at WRK: adopt it if it is there, else retry the build and accept the risk of a second one',
    ],
    [
      'workflow_conflict',
      'The build failed because WRK named a workflow that is not known to be this build’s own (WRK answered 422); nothing happens by itself: find out at WRK whose workflow it is: adopt it if it is this build’s, else retry the build',
    ],
    [
      'not_buildable',
      'The build failed because the automation version was moved on, deleted or cut off from its project (WRK answered 422); nothing happens by itself: bring the version back to “Build in Progress” and retry the build, or cancel it',
    ],
    [
      'interrupted_too_often',
      'The build failed because the workers that called WRK for it kept dying before the answer came (WRK answered 422); nothing happens by itself: find out in the logs why workers die, then retry the build',
    ],
    [
      'a_reason_of_next_year',
      'The build failed because of something that this version of the library has no words for (WRK answered 422); nothing happens by itself: read the details, then retry the build',
    ],
  ])('failed with %s', (errorReason, sentence) => {
    expect(explainBuild(failed(errorReason, 'WRK answered 422'))).toEqual({
      state: 'failed',
      sentence: `${sentence}; ${CAN_FAILED}`,
      nextInMs: null,
      actions: ['retry_build', ...WAITING],
    });
  });

  it('failed, without details', () => {
    expect(explainBuild(failed('wrk_api_error')).sentence).toContain('because WRK kept failing; nothing');
  });

  it('has words of its own for every reason', () => {
    const sentences = BUILD_ERROR_REASONS.map((reason) => explainBuild(failed(reason)).sentence);
    expect(new Set(sentences).size).toBe(BUILD_ERROR_REASONS.length);
    expect(sentences.join(' ')).not.toContain('no words for');
  });
});

describe('a duration in words', () => {
  it.each([
    [0, 'a moment'],
    [999, 'a moment'],
    [1_000, '1 second'],
    [59_400, '59 seconds'],
    [90_000, '2 minutes'],
    [3_600_000, '1 hour'],
    [172_800_000, '2 days'],
  ])('%i ms is %s', (ms, words) => {
    expect(sayDuration(ms)).toBe(words);
  });
});
