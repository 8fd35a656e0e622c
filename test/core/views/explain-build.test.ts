import { describe, expect, it } from 'vitest';
import { BUILD_ERROR_REASONS } from '../../../src/core/build/errors.js';
import type { BuildRecord } from '../../../src/core/views/build-record.js';
import { explainBuild } from '../../../src/core/views/explain/explain-build.js';
import { sayDuration } from '../../../src/core/views/explain/say-duration.js';
import { buildRecord, callRecord } from '../support/build-records.js';

const WAITING = ['adopt_workflow', 'cancel_build', 'assign_build'] as const;
const CAN_WAITING = 'You can adopt its workflow, cancel it or assign it.';
const CAN_FAILED = 'You can retry it, adopt its workflow, cancel it or assign it.';

const failed = (errorReason: string, detail?: string): BuildRecord =>
  buildRecord({
    binding: { status: 'error', errorReason },
    errorDetails: detail === undefined ? null : { detail },
  });

describe('a build that waits or runs, in words', () => {
  it('waits for a worker', () => {
    expect(explainBuild(buildRecord({ dueInMs: -12_300 }))).toEqual({
      state: 'waiting_for_worker',
      sentence: `The build has been waiting for a free worker for 12 seconds. The next free worker calls WRK; if it waits for minutes, check that workers are running and that no limit holds it back. ${CAN_WAITING}`,
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
      sentence: `The build is waiting to call WRK again (last call: WRK answered 503). The next call is due in 4 seconds. ${CAN_WAITING}`,
      nextInMs: 4_200,
      actions: WAITING,
    });
  });

  it('is in the hands of a worker, who must not be disturbed', () => {
    const calls = [callRecord(1, 'refused', 'WRK answered 429'), callRecord(2, null, null)];
    expect(explainBuild(buildRecord({ heldForMs: 60_000, calls }))).toEqual({
      state: 'calling_wrk',
      sentence:
        'A worker is processing the build, at call 2 of run 1 (last call: WRK answered 429). WRK’s answer decides what happens next; if the worker dies, another one takes over in 1 minute. You can assign it.',
      nextInMs: 60_000,
      actions: ['assign_build'],
    });
  });

  it('counts the calls of its own run alone', () => {
    const calls = [callRecord(1, 'refused', 'WRK answered 429'), { ...callRecord(1, null, null), run: 2 }];
    const { sentence } = explainBuild(buildRecord({ binding: { run: 2 }, heldForMs: 500, calls }));
    expect(sentence).toContain('at call 1 of run 2. WRK’s answer');
    expect(sentence).toContain('takes over in a moment');
  });

  it.each([
    ['credentials_refused', null, 'WRK has been rejecting our credentials'],
    ['consecutive_failures', null, 'calls to WRK have been failing'],
    ['tenant_refused', 'tenant-1', 'WRK has been rejecting this tenant'],
  ] as const)('waits at an open breaker: %s', (reason, tenantId, because) => {
    const open = { reason, probes: 3, openForMs: 600_000, nextProbeInMs: 8_000 };
    const circuitBreakers = [{ tenantId, version: '4', failures: 9, open }];
    expect(explainBuild(buildRecord({ dueInMs: -5_000, circuitBreakers }))).toEqual({
      state: 'waiting_for_wrk',
      sentence: `The build is on hold, because ${because} for 10 minutes. One build at a time probes WRK, the next one in 8 seconds; all builds resume once a probe succeeds. ${CAN_WAITING}`,
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
      sentence: `The build is being done by hand. It stays pending until somebody adopts the finished workflow. ${CAN_WAITING}`,
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
        'The build is complete, and its workflow in WRK is wf-1. QA can start; changes need a new version.',
      nextInMs: null,
      actions: [],
    });
    const adopted = { status: 'active', workflowId: 'wf-1', adoption: { completedTasks: [] } } as const;
    expect(explainBuild(buildRecord({ binding: adopted }))).toMatchObject({
      sentence:
        'The build is complete, and its workflow in WRK is wf-1, which a person adopted. QA can start; changes need a new version. You can undo the adoption of its workflow.',
      actions: ['undo_adoption'],
    });
  });

  it('was cancelled', () => {
    expect(explainBuild(buildRecord({ binding: { status: 'cancelled' } }))).toEqual({
      state: 'cancelled',
      sentence:
        'The build was cancelled. Nothing else happens automatically. You can request a new build of the version.',
      nextInMs: null,
      actions: ['request_build'],
    });
  });

  it.each([
    [
      'blueprint_rejected',
      'The build failed because WRK rejected the blueprint (WRK answered 422). To resolve it, fix what WRK found in the blueprint, then retry the build',
    ],
    [
      'invalid_blueprint',
      'The build failed because the blueprint is no longer complete, so WRK was not called (WRK answered 422). To resolve it, fix the listed problems in the blueprint, then retry the build',
    ],
    [
      'wrk_api_error',
      'The build failed because WRK kept answering with errors (WRK answered 422). To resolve it, retry the build once WRK works again',
    ],
    [
      'network_failure',
      'The build failed because WRK could not be reached, or connections to it kept breaking (WRK answered 422). To resolve it, retry the build once WRK is reachable again',
    ],
    [
      'outcome_unknown',
      'The build failed because it is unknown whether WRK created the workflow (WRK answered 422). To resolve it, look for the workflow in WRK; if it is there, adopt it, otherwise retry the build and accept the risk of a duplicate',
    ],
    [
      'workflow_conflict',
      'The build failed because WRK named a workflow that may belong to something else (WRK answered 422). To resolve it, find out in WRK what the workflow belongs to; if it is this build’s, adopt it, otherwise retry the build',
    ],
    [
      'not_buildable',
      'The build failed because the automation version was moved to another status, deleted or removed from its project (WRK answered 422). To resolve it, move the version back to “Build in Progress” and retry the build, or cancel it',
    ],
    [
      'interrupted_too_often',
      'The build failed because workers kept crashing while they called WRK for it (WRK answered 422). To resolve it, find out from the logs why workers crash, then retry the build',
    ],
    [
      'a_reason_of_next_year',
      'The build failed because of a problem that this version of the library does not know (WRK answered 422). To resolve it, read the details, then retry the build',
    ],
  ])('failed with %s', (errorReason, sentence) => {
    expect(explainBuild(failed(errorReason, 'WRK answered 422'))).toEqual({
      state: 'failed',
      sentence: `${sentence}. ${CAN_FAILED}`,
      nextInMs: null,
      actions: ['retry_build', ...WAITING],
    });
  });

  it('failed, without details', () => {
    expect(explainBuild(failed('wrk_api_error')).sentence).toContain(
      'because WRK kept answering with errors. To resolve it',
    );
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
