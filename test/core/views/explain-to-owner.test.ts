import { describe, expect, it } from 'vitest';
import { BUILD_ERROR_REASONS } from '../../../src/core/build/errors.js';
import type { BuildRecord } from '../../../src/core/views/build-record.js';
import { explainToOwner } from '../../../src/core/views/explain/explain-to-owner.js';
import { buildRecord } from '../support/build-records.js';

const breaker: BuildRecord['circuitBreakers'][number] = {
  tenantId: null,
  failures: 6,
  version: '1',
  open: { reason: 'consecutive_failures', probes: 0, openForMs: 1_000, nextProbeInMs: 500 },
};

describe('D6 a build in words for its project owner', () => {
  it.each<[name: string, record: BuildRecord, state: string, sentence: string]>([
    [
      'waits for a worker',
      buildRecord(),
      'waiting',
      'The build is in the queue. It starts automatically, and you don’t need to do anything.',
    ],
    [
      'waits before another call',
      buildRecord({ dueInMs: 4_000 }),
      'waiting',
      'The build is taking longer than usual. It continues automatically, and you don’t need to do anything.',
    ],
    [
      'waits until WRK works',
      buildRecord({ circuitBreakers: [breaker] }),
      'waiting',
      'The build is taking longer than usual. It continues automatically, and you don’t need to do anything.',
    ],
    [
      'is with a worker',
      buildRecord({ heldForMs: 1_000 }),
      'building',
      'The automation is being built. You don’t need to do anything.',
    ],
    [
      'is done by hand',
      buildRecord({ binding: { orchestration: 'manual' } }),
      'building',
      'Our team is building the automation by hand. We’ll tell you once it’s ready.',
    ],
    [
      'is complete',
      buildRecord({ binding: { status: 'active' } }),
      'complete',
      'The automation has been built. To change it, create a new version.',
    ],
    [
      'was cancelled',
      buildRecord({ binding: { status: 'cancelled' } }),
      'cancelled',
      'The build was cancelled. You can request a new one.',
    ],
  ])('says of one that %s what happens next', (_name, record, state, sentence) => {
    expect(explainToOwner(record)).toMatchObject({
      state,
      sentence,
      mayRequestAgain: state === 'cancelled',
    });
  });

  it.each(BUILD_ERROR_REASONS)('says the same of one that failed as %s: the team has it', (errorReason) => {
    const errorDetails = { detail: 'WRK answered 422', findings: ['node “pay” has no credentials'] };
    const workflowUrl = 'https://app.wrk.example/workflows/of-another';
    expect(
      explainToOwner(buildRecord({ binding: { status: 'error', errorReason, workflowUrl }, errorDetails })),
    ).toEqual({
      state: 'failed',
      sentence:
        'The build couldn’t be completed. Our team has been told and is working on it, and you don’t need to do anything.',
      mayRequestAgain: false,
      workflowUrl: null,
    });
  });

  it('shows the workflow of one that is complete', () => {
    const workflowUrl = 'https://app.wrk.example/workflows/wf-1';
    const complete = buildRecord({ binding: { status: 'active', workflowUrl } });
    expect(explainToOwner(complete).workflowUrl).toBe(workflowUrl);
  });
});
