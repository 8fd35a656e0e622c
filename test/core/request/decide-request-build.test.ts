import { describe, expect, it } from 'vitest';
import type { MissingPrerequisite } from '../../../src/core/build/errors.js';
import type { CandidateFacts, RequestFacts } from '../../../src/core/build/facts.js';
import { decideRequestBuild, versionKeptChanging } from '../../../src/core/request/decide-request-build.js';
import type { RequestBuildCommand } from '../../../src/core/request/request-build.js';
import {
  bindingFacts,
  INCOMPLETE_BLUEPRINT,
  projectFacts,
  quoteFacts,
  REQUEST_POLICY,
  requestCommand,
  requestFacts,
  versionFacts,
} from '../support/request-facts.js';

const decide = (
  facts: RequestFacts,
  command: Partial<RequestBuildCommand> = {},
  missing: readonly MissingPrerequisite[] = [],
) => decideRequestBuild(facts, requestCommand(command), REQUEST_POLICY, missing);

const refusal = (
  candidate: Partial<CandidateFacts>,
  command: Partial<RequestBuildCommand> = {},
  missing: readonly MissingPrerequisite[] = [],
) => decide(requestFacts(candidate), command, missing)._unsafeUnwrapErr();

const accepted = (candidate: Partial<CandidateFacts>, command: Partial<RequestBuildCommand> = {}) =>
  decide(requestFacts(candidate), command)._unsafeUnwrap();

const withStatus = (status: string) => ({ automationVersion: versionFacts({ status }) });

describe('check 1: the version exists in the tenant', () => {
  it('refuses a version that is not there', () => {
    expect(decide(requestFacts({}, { candidates: [] }))._unsafeUnwrapErr()).toEqual({
      code: 'automation_version_not_found',
      message: 'There is no such automation version: check the id.',
    });
  });
});

describe('check 2: no build is under way', () => {
  it('refuses a version that is being built, and says so', () => {
    expect(refusal({ binding: bindingFacts({ status: 'pending' }) })).toEqual({
      code: 'build_already_in_progress',
      message: 'The version is already being built: wait for the build to finish.',
      details: { automationVersionId: 'version-1', bindingStatus: 'pending' },
    });
  });

  it('refuses a version whose build has failed, and says what to do next', () => {
    expect(refusal({ binding: bindingFacts({ status: 'error', errorReason: 'wrk_api_error' }) })).toEqual({
      code: 'build_already_in_progress',
      message: 'The build of this version has failed: retry it, or cancel it and request a new one.',
      details: { automationVersionId: 'version-1', bindingStatus: 'error' },
    });
  });

  it('refuses a version whose project builds another one, and names that one', () => {
    expect(refusal({ buildingSiblingIds: ['version-7', 'version-8'] })).toEqual({
      code: 'build_already_in_progress',
      message: 'Another version of the project is being built: wait for its build to finish.',
      details: { automationVersionId: 'version-7', bindingStatus: null },
    });
  });

  it('speaks of the version itself before it speaks of a sibling', () => {
    const binding = bindingFacts({ status: 'error' });
    expect(refusal({ binding, buildingSiblingIds: ['version-7'] })).toMatchObject({
      details: { automationVersionId: 'version-1', bindingStatus: 'error' },
    });
  });
});

describe('check 3: the version was not built before', () => {
  it('refuses a version that has its workflow, and names it', () => {
    const binding = bindingFacts({
      status: 'active',
      workflowId: 'wf-1',
      workflowUrl: 'https://wrk.example/wf-1',
    });
    expect(refusal({ binding })).toEqual({
      code: 'version_already_built',
      message: 'The version has already been built: put changes into a new version.',
      details: { workflowId: 'wf-1', workflowUrl: 'https://wrk.example/wf-1' },
    });
  });
});

describe('check 4: a build may start from the status', () => {
  it.each(['Ready for Build', 'Awaiting Client Approval'])('accepts “%s”', (status) => {
    expect(accepted(withStatus(status)).kind).toBe('accepted');
  });

  it.each(['patch_status', 'admin_request_build', 'auto_build', 'status_change'] as const)(
    'accepts “Build in Progress” without a binding, or with a cancelled one, through %s',
    (trigger) => {
      const moved = withStatus('Build in Progress');
      const binding = bindingFacts({ status: 'cancelled' });
      expect(accepted(moved, { trigger }).kind).toBe('accepted');
      expect(accepted({ ...moved, binding }, { trigger }).kind).toBe('accepted');
    },
  );

  it.each(['Draft', 'QA & Testing', 'Archived', 'ready for build', ''])('refuses “%s”', (status) => {
    expect(refusal(withStatus(status))).toEqual({
      code: 'invalid_status_transition',
      message: `A build cannot start from “${status}”: move the version to “Ready for Build” or “Awaiting Client Approval” first.`,
      details: { status, startableStatuses: ['Ready for Build', 'Awaiting Client Approval'] },
    });
  });

  it('goes by the statuses that the host has configured', () => {
    const policy = { ...REQUEST_POLICY, startableStatuses: ['Approved'] };
    const from = (status: string) =>
      decideRequestBuild(requestFacts(withStatus(status)), requestCommand(), policy, []);
    expect(from('Approved').isOk()).toBe(true);
    expect(from('Ready for Build')._unsafeUnwrapErr()).toMatchObject({
      code: 'invalid_status_transition',
      details: { startableStatuses: ['Approved'] },
    });
  });
});

describe('check 5: the caller has seen the newest state', () => {
  const updatedAt = '2031-04-05 06:07:08.123456+00';
  const { rowVersion } = versionFacts();

  it.each([
    ['no hint', {}],
    ['the status it has', { lastKnownStatus: 'Ready for Build' }],
    ['the time it has', { lastKnownUpdatedAt: updatedAt }],
    ['the row version it has', { lastKnownRowVersion: rowVersion }],
    ['both', { lastKnownStatus: 'Ready for Build', lastKnownUpdatedAt: updatedAt }],
  ])('accepts %s', (_, hints) => {
    expect(accepted({}, hints).kind).toBe('accepted');
  });

  it.each([
    ['another status', { lastKnownStatus: 'Awaiting Client Approval' }],
    ['a time that is one microsecond off', { lastKnownUpdatedAt: '2031-04-05 06:07:08.123457+00' }],
    ['a time without its microseconds', { lastKnownUpdatedAt: '2031-04-05 06:07:08.123+00' }],
    [
      'the same time in another spelling, since it compares text',
      { lastKnownUpdatedAt: '2031-04-05T06:07:08.123456Z' },
    ],
    ['an empty text', { lastKnownStatus: '' }],
    [
      'the right status with another time',
      { lastKnownStatus: 'Ready for Build', lastKnownUpdatedAt: 'then' },
    ],
    [
      'C5: the right time with another row version',
      { lastKnownUpdatedAt: updatedAt, lastKnownRowVersion: '0' },
    ],
    ['the right time with another status', { lastKnownStatus: 'Draft', lastKnownUpdatedAt: updatedAt }],
  ])('refuses %s', (_, hints) => {
    expect(refusal({}, hints)).toEqual({
      code: 'concurrency_conflict',
      message: 'The version has changed since you loaded it: load it again, then decide.',
      details: { status: 'Ready for Build', updatedAt, rowVersion },
    });
  });

  it('C2: refuses a time where the host keeps none, and says what to compare instead', () => {
    const automationVersion = versionFacts({ updatedAt: null });
    expect(refusal({ automationVersion }, { lastKnownUpdatedAt: updatedAt })).toEqual({
      code: 'concurrency_conflict',
      message:
        'The version has no time of its last change that could be compared: compare its row version instead.',
      details: { status: 'Ready for Build', updatedAt: null, rowVersion },
    });
    expect(accepted({ automationVersion }, { lastKnownRowVersion: rowVersion }).kind).toBe('accepted');
  });
});

describe('check 6: the prerequisites are there', () => {
  const incomplete = { automationVersion: versionFacts({ blueprintJson: INCOMPLETE_BLUEPRINT }) };
  const host: MissingPrerequisite = {
    code: 'host_prerequisite',
    message: 'Connect Salesforce first.',
    prerequisite: 'credentials',
  };
  const codesOf = (error: ReturnType<typeof refusal>) =>
    error.code === 'missing_prerequisites' ? error.details.missing.map(({ code }) => code) : error.code;

  it('says `quote_not_signed` when nothing else is missing', () => {
    const message = 'The quote is not signed: have the client sign it first.';
    expect(refusal({ quotes: [] })).toEqual({
      code: 'quote_not_signed',
      message,
      details: { missing: [{ code: 'quote_not_signed', message }] },
    });
  });

  it('says `blueprint_incomplete` when nothing else is missing', () => {
    const message = 'The blueprint is incomplete: fix the listed problems, then request the build again.';
    const findings = [
      { path: 'nodes', message: 'Add at least one node.' },
      { path: 'edges', message: 'Add at least one edge.' },
    ];
    expect(refusal(incomplete)).toEqual({
      code: 'blueprint_incomplete',
      message,
      details: {
        missing: [{ code: 'blueprint_incomplete', message, findings, findingsInAll: findings.length }],
      },
    });
  });

  it.each<[string, Partial<CandidateFacts>, readonly MissingPrerequisite[], readonly string[]]>([
    ['an issue blocks', { openBlockers: [{ id: 'task-1', title: 'Legal' }] }, [], ['blocking_issue']],
    ['the project is missing', { projects: [] }, [], ['project_missing']],
    [
      'there are several projects',
      { projects: [projectFacts(), projectFacts({ id: 'project-2' })] },
      [],
      ['project_ambiguous'],
    ],
    ['the host says so', {}, [host], ['host_prerequisite']],
    [
      'quote and blueprint are both missing',
      { ...incomplete, quotes: [] },
      [],
      ['quote_not_signed', 'blueprint_incomplete'],
    ],
    [
      'the quote is missing and the host says so',
      { quotes: [] },
      [host],
      ['quote_not_signed', 'host_prerequisite'],
    ],
    [
      'the blueprint is not complete and an issue blocks',
      { ...incomplete, openBlockers: [{ id: 'task-1', title: 'Legal' }] },
      [],
      ['blueprint_incomplete', 'blocking_issue'],
    ],
  ])('says `missing_prerequisites` with the full list when %s', (_, candidate, missing, codes) => {
    const error = refusal(candidate, {}, missing);
    expect(codesOf(error)).toEqual(codes);
    expect(error.message).toBe('Several prerequisites are missing: fix the listed problems.');
  });
});

describe('an idempotency key', () => {
  const answer = {
    bindingId: 'binding-9',
    automationVersionId: 'version-1',
    projectId: 'project-1',
    run: 3,
  };
  const storedAnswer = { bodyHash: 'hash-1', answer };
  const idempotency = { operation: 'request_build', key: 'key-1', bodyHash: 'hash-1' };
  const refusedOtherwise = requestFacts({ quotes: [quoteFacts({ status: 'sent' })] }, { storedAnswer });

  it('gets the first answer again, and nothing to write, whatever has become of the build since', () => {
    expect(decide(refusedOtherwise, { idempotency })._unsafeUnwrap()).toEqual({ kind: 'replayed', answer });
    const gone = requestFacts({}, { storedAnswer, candidates: [] });
    expect(decide(gone, { idempotency })._unsafeUnwrap()).toEqual({ kind: 'replayed', answer });
  });

  it('is refused for another request, before anything else is looked at', () => {
    const other = { ...idempotency, bodyHash: 'hash-2' };
    const gone = requestFacts({}, { storedAnswer, candidates: [] });
    expect(decide(gone, { idempotency: other })._unsafeUnwrapErr()).toEqual({
      code: 'idempotency_key_reused',
      message: 'The idempotency key has already been used for a different request: use a new key.',
    });
  });

  it('that was never accepted changes nothing about the checks', () => {
    const facts = requestFacts({ quotes: [] });
    expect(decide(facts, { idempotency })._unsafeUnwrapErr().code).toBe('quote_not_signed');
  });

  it('that was not sent replays nothing', () => {
    expect(decide(refusedOtherwise)._unsafeUnwrapErr().code).toBe('quote_not_signed');
  });
});

it('a request whose facts kept moving is to be tried again', () => {
  expect(versionKeptChanging()).toEqual({
    code: 'concurrency_conflict',
    message: 'The version or its project kept changing: send the request again.',
    details: null,
  });
});
