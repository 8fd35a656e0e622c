import { describe, expect, it } from 'vitest';
import { DEFAULT_BLUEPRINT_LIMITS } from '../../../src/core/blueprint/blueprint-limits.js';
import { graphBlueprint } from '../../../src/core/blueprint/blueprint-policy.js';
import type { BuildFacts } from '../../../src/core/build/facts.js';
import { decideRetry } from '../../../src/core/ops/decide-retry.js';
import type { RetryCommand } from '../../../src/core/ops/ops-command.js';
import { DUPLICATE_POLICIES, ledgerCall } from '../support/claimed-build.js';
import { BY_OPS, failedBuild } from '../support/ops-facts.js';
import { bindingFacts, versionFacts } from '../support/request-facts.js';

type Duplicates = keyof typeof DUPLICATE_POLICIES;

const retry = (
  build: BuildFacts = failedBuild(),
  command: Partial<RetryCommand> = {},
  duplicates: Duplicates = 'key',
) =>
  decideRetry(
    build,
    { ...BY_OPS, requestId: 'request-9', acceptDuplicateRisk: false, freshKey: false, ...command },
    {
      blueprint: graphBlueprint,
      blueprintLimits: DEFAULT_BLUEPRINT_LIMITS,
      duplicates: DUPLICATE_POLICIES[duplicates],
    },
  );

const WORKFLOW = { workflowId: 'wf-1', workflowUrl: 'https://wrk.example/wf-1' };

/** A build whose workflow is made, and whose outcome the host's database refused. */
const refused = () =>
  failedBuild({
    binding: bindingFacts({ status: 'error', errorReason: 'outcome_refused', ...WORKFLOW }),
    calls: [ledgerCall(1, 'created', WORKFLOW)],
  });

describe('a command to retry a build whose outcome was refused', () => {
  it.each(['key', 'lookup', 'nothing, retry', 'nothing, stop'] as const)(
    'keeps the workflow for the next run, at no risk, by %s',
    (duplicates) => {
      expect(retry(refused(), {}, duplicates)._unsafeUnwrap().binding).toMatchObject({
        status: 'pending',
        duplicateRiskRun: null,
        ...WORKFLOW,
      });
    },
  );

  it.each([
    ['the content was edited', { ...refused(), contentHash: 'content-2' }, {}],
    ['a fresh key is asked for', refused(), { freshKey: true }],
  ])('asks for another workflow where %s, once the risk is accepted', (_, build, command) => {
    expect(retry(build, command)._unsafeUnwrapErr()).toMatchObject({ code: 'duplicate_risk' });
    expect(retry(build, { ...command, acceptDuplicateRisk: true })._unsafeUnwrap().binding).toMatchObject({
      workflowId: null,
      workflowUrl: null,
      duplicateRiskRun: 2,
    });
  });
});

const EDITED = { contentHash: 'content-2' };

describe('a command to retry a build that failed', () => {
  it('begins another run under another fence, with nothing left of the error', () => {
    expect(retry()._unsafeUnwrap().binding).toMatchObject({
      status: 'pending',
      run: 2,
      fence: 6,
      runInMs: null,
      requestId: 'request-9',
      errorReason: null,
      errorDetails: null,
      keyGeneration: 0,
      duplicateRiskRun: null,
      cameFromVersionStatus: 'Ready for Build',
    });
  });

  it('wakes a worker, and tells nobody', () => {
    expect(retry()._unsafeUnwrap().messages).toMatchObject([
      { queue: 'build-requests', key: 'binding-1', delayMs: 0, body: { requestId: 'request-9' } },
    ]);
  });

  it('wakes nobody for a build that people carry out', () => {
    const binding = bindingFacts({ status: 'error', errorReason: 'not_buildable', orchestration: 'manual' });
    expect(retry(failedBuild({ binding }))._unsafeUnwrap().messages).toEqual([]);
  });

  it('holds only while the build, its version and its project are as they were found', () => {
    expect(retry()._unsafeUnwrap()).toMatchObject({
      id: 'decision-1',
      guard: {
        binding: { fence: 5, status: 'error' },
        automationVersionRow: 'version row 1',
        project: { id: 'project-1' },
      },
      automationVersionStatus: null,
      project: { status: null },
      setTasks: [],
      closeCall: null,
      assignee: null,
    });
  });

  it('writes down who ordered it, why, and after which error', () => {
    expect(retry()._unsafeUnwrap().audit).toEqual({
      tenantId: 'tenant-1',
      userId: 'ops-1',
      actionType: 'retry_build',
      resourceType: 'automation_version',
      resourceId: 'version-1',
      metadata: {
        binding_id: 'binding-1',
        run: 2,
        reason: 'WRK works again',
        request_id: 'request-9',
        error_reason: 'wrk_api_error',
        fresh_key: false,
        accepted_duplicate_risk: false,
      },
    });
  });

  it('takes a fresh idempotency key where one is ordered', () => {
    expect(retry(failedBuild(), { freshKey: true })._unsafeUnwrap()).toMatchObject({
      binding: { keyGeneration: 1, duplicateRiskRun: null },
      audit: { metadata: { fresh_key: true } },
    });
  });
});

describe('a command to retry is refused', () => {
  it.each([
    ['pending', 'wait for it to finish'],
    ['active', 'put changes into a new version'],
    ['cancelled', 'request a new build of the version'],
  ] as const)('while the build is %s', (status, advice) => {
    const error = retry(failedBuild({ binding: bindingFacts({ status }) }))._unsafeUnwrapErr();
    expect(error).toMatchObject({ code: 'wrong_build_status', details: { status, wanted: ['error'] } });
    expect(error.message).toContain(advice);
  });

  it.each([
    ['was archived', { automationVersion: versionFacts({ status: 'Archived' }) }, 'Archived', 'move it back'],
    ['was deleted', { automationVersion: null }, null, 'no longer exists'],
    ['belongs to no project', { project: null }, 'Build in Progress', 'belongs to no project'],
  ])('when the version %s', (_, change, automationVersionStatus, message) => {
    const error = retry(failedBuild(change))._unsafeUnwrapErr();
    expect(error).toMatchObject({ code: 'not_buildable', details: { automationVersionStatus } });
    expect(error.message).toContain(message);
  });

  it('while another version of the project is being built, and asks again at the commit', () => {
    const build = failedBuild({ buildingSiblingIds: ['version-2'] });
    expect(retry(build)._unsafeUnwrapErr()).toMatchObject({
      code: 'sibling_in_progress',
      details: { automationVersionId: 'version-2' },
    });
    expect(retry()._unsafeUnwrap().guard.noBuildingSibling).toBe(true);
  });

  it('while the blueprint is not complete, with every finding', () => {
    const automationVersion = versionFacts({ status: 'Build in Progress', blueprintJson: '{"nodes":[]}' });
    expect(retry(failedBuild({ automationVersion }))._unsafeUnwrapErr()).toMatchObject({
      code: 'blueprint_incomplete',
      details: { findings: expect.arrayContaining([expect.objectContaining({ path: 'edges' })]) },
    });
  });
});

describe('a command to retry after a call that may have made the workflow', () => {
  const unknown = failedBuild({ calls: [ledgerCall(1, 'unknown')] });
  const made = failedBuild({
    calls: [ledgerCall(1, 'created', { workflowId: 'wf-1', workflowUrl: 'https://wrk.example/wf-1' })],
  });
  const rejected = failedBuild({ calls: [ledgerCall(1, 'unknown'), ledgerCall(2, 'rejected')] });
  const otherRejected = failedBuild({
    calls: [ledgerCall(1, 'unknown'), ledgerCall(2, 'rejected', { contentHash: 'content-2' })],
    contentHash: 'content-3',
  });

  it.each([
    ['key', unknown, {}, 'ok'],
    ['key', made, {}, 'ok'],
    ['key', { ...unknown, ...EDITED }, {}, 'duplicate_risk'],
    ['key', unknown, { freshKey: true }, 'duplicate_risk'],
    ['key', rejected, { freshKey: true }, 'ok'],
    ['key', { ...rejected, ...EDITED }, {}, 'ok'],
    ['key', otherRejected, {}, 'duplicate_risk'],
    ['lookup', unknown, {}, 'ok'],
    ['lookup', { ...unknown, ...EDITED }, {}, 'ok'],
    ['nothing, retry', unknown, {}, 'ok'],
    ['nothing, retry', { ...unknown, ...EDITED }, {}, 'duplicate_risk'],
    ['nothing, stop', unknown, {}, 'duplicate_risk'],
    ['nothing, stop', made, {}, 'duplicate_risk'],
    ['nothing, stop', rejected, {}, 'ok'],
  ] as const)('under “%s” (%#) is: %4$s', (duplicates, build, command, outcome) => {
    const answer = retry(build, command, duplicates);
    expect(answer.isOk() ? 'ok' : answer.error.code).toBe(outcome);
    expect(retry(build, { ...command, acceptDuplicateRisk: true }, duplicates).isOk()).toBe(true);
  });

  it('says which calls, and which workflow is known', () => {
    expect(retry(made, {}, 'nothing, stop')._unsafeUnwrapErr()).toMatchObject({
      details: {
        calls: [{ run: 1, number: 1, workflowId: 'wf-1', workflowUrl: 'https://wrk.example/wf-1' }],
      },
    });
  });

  it('keeps for that run alone that the risk was accepted, and only where there is one', () => {
    const accepted = { acceptDuplicateRisk: true };
    expect(retry(unknown, accepted, 'nothing, stop')._unsafeUnwrap()).toMatchObject({
      binding: { run: 2, duplicateRiskRun: 2 },
      audit: { metadata: { accepted_duplicate_risk: true } },
    });
    expect(retry(unknown, accepted, 'key')._unsafeUnwrap()).toMatchObject({
      binding: { duplicateRiskRun: null },
      audit: { metadata: { accepted_duplicate_risk: false } },
    });
  });
});
