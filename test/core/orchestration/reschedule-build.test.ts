import { describe, expect, it } from 'vitest';
import {
  releaseBuild,
  rescheduleBuild,
  rescheduleMovingBuild,
} from '../../../src/core/orchestration/change-build.js';
import { claimedBuild } from '../support/claimed-build.js';
import { bindingFacts } from '../support/request-facts.js';

const BUILD = claimedBuild({
  binding: bindingFacts({ run: 2, fence: 7, priority: 4, assigneeId: 'engineer-1' }),
});
const REFUSED = { outcome: 'refused', detail: 'WRK answered 429' } as const;

describe('a build that goes back to the queue', () => {
  it('stays pending under its run and fence, and waits', () => {
    expect(rescheduleBuild(BUILD, REFUSED, 4000, 'decision-1').binding).toEqual({
      status: 'pending',
      run: 2,
      fence: 7,
      priority: 4,
      runInMs: 4000,
      followUpInMs: null,
      requestId: 'request-1',
      requestedBy: 'user-1',
      orchestration: 'automatic',
      keyGeneration: 0,
      duplicateRiskRun: null,
      cameFromVersionStatus: 'Ready for Build',
      cameFromProjectStatus: 'Awaiting Build',
      errorReason: null,
      errorDetails: null,
      workflowId: null,
      workflowUrl: null,
      adoption: null,
    });
  });

  it('is woken by a message when the wait is over', () => {
    expect(rescheduleBuild(BUILD, REFUSED, 4000, 'decision-1').messages).toEqual([
      {
        queue: 'build-requests',
        key: 'binding-1',
        tenantId: 'tenant-1',
        body: {
          v: 1,
          kind: 'build_request',
          tenantId: 'tenant-1',
          bindingId: 'binding-1',
          requestId: 'request-1',
        },
        delayMs: 4000,
        priority: 4,
      },
    ]);
  });

  it('records how its call ended', () => {
    expect(rescheduleBuild(BUILD, REFUSED, 4000, 'decision-1').closeCall).toEqual({
      id: 'call-of-this-claim',
      outcome: 'refused',
      detail: 'WRK answered 429',
      findings: [],
      httpStatus: null,
      wrkRequestId: null,
      durationMs: null,
      workflowId: null,
      workflowUrl: null,
    });
  });

  it('leaves the row of a call open that was cut off', () => {
    expect(rescheduleBuild(BUILD, null, 0, 'decision-1').closeCall).toBeNull();
  });

  it('changes nothing else, tells nobody, and depends on its fence alone', () => {
    const decision = rescheduleBuild(BUILD, REFUSED, 4000, 'decision-1');
    expect(decision).toMatchObject({
      id: 'decision-1',
      tenantId: 'tenant-1',
      automationVersionId: 'version-1',
      bindingId: 'binding-1',
      automationVersionStatus: null,
      project: null,
      createTasks: [],
      setTasks: [],
      audit: null,
      idempotency: null,
    });
    expect(decision.guard).toEqual({
      binding: { fence: 7, status: 'pending' },
      assignee: null,
      automationVersionRow: null,
      project: null,
      quote: null,
      noOpenBlocker: false,
      noBuildingSibling: false,
    });
  });

  it('is a mistake of the program when the build has ended', () => {
    const ended = claimedBuild({ binding: bindingFacts({ status: 'active' }) });
    expect(() => rescheduleBuild(ended, null, 0, 'decision-1')).toThrow(
      'A binding never moves from active to pending.',
    );
  });
});

describe('a build whose facts would not hold still', () => {
  it('goes back for a second, as not sent where WRK was not asked', () => {
    const call = { outcome: 'not_sent', detail: 'the build kept changing before the call' } as const;
    expect(rescheduleMovingBuild(BUILD, false, 'decision-1')).toEqual(
      rescheduleBuild(BUILD, call, 1_000, 'decision-1'),
    );
  });

  it('goes back for a second, and leaves the row of its call alone where WRK was asked', () => {
    expect(rescheduleMovingBuild(BUILD, true, 'decision-1')).toEqual(
      rescheduleBuild(BUILD, null, 1_000, 'decision-1'),
    );
  });
});

describe('a build that WRK was not asked about', () => {
  it('goes back at once, and says why', () => {
    expect(releaseBuild(BUILD, 'stopped', 'decision-1')).toEqual(
      rescheduleBuild(
        BUILD,
        { outcome: 'not_sent', detail: 'the process was stopped before the call' },
        0,
        'decision-1',
      ),
    );
  });
});
