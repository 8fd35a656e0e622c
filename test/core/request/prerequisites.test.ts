import { describe, expect, it } from 'vitest';
import { defaultChecklist } from '../../../src/core/blueprint/checklist.js';
import type { MissingPrerequisite } from '../../../src/core/build/errors.js';
import type { CandidateFacts } from '../../../src/core/build/facts.js';
import { checkPrerequisites } from '../../../src/core/request/prerequisites.js';
import {
  candidateFacts,
  projectFacts,
  quoteFacts,
  REQUEST_POLICY,
  versionFacts,
} from '../support/request-facts.js';

const check = (change: Partial<CandidateFacts> = {}, host: readonly MissingPrerequisite[] = []) =>
  checkPrerequisites(candidateFacts(change), REQUEST_POLICY, host);

const missing = (change: Partial<CandidateFacts>, host: readonly MissingPrerequisite[] = []) =>
  check(change, host)._unsafeUnwrapErr();

const withBlueprint = (blueprintJson: string) => ({ automationVersion: versionFacts({ blueprintJson }) });

const NOT_SIGNED = {
  code: 'quote_not_signed',
  message: 'The quote is not signed: have the client sign it first.',
};
const EXPIRED = {
  code: 'quote_not_signed',
  message: 'The signed quote has expired: have a new one signed first.',
};

describe('checkPrerequisites', () => {
  it('hands on the project, the quote and the checklist when all are met', () => {
    expect(check()._unsafeUnwrap()).toEqual({
      project: projectFacts(),
      quote: quoteFacts(),
      checklist: defaultChecklist({
        automationName: versionFacts().automationName,
        projectName: projectFacts().name,
        systems: ['Salesforce', 'NetSuite'],
      }),
      systems: ['Salesforce', 'NetSuite'],
    });
  });

  it('takes the first quote that is signed and has not expired', () => {
    const good = quoteFacts({ id: 'quote-3' });
    const quotes = [
      quoteFacts({ id: 'quote-1', status: 'sent' }),
      quoteFacts({ id: 'quote-2', expired: true }),
      good,
      quoteFacts({ id: 'quote-4' }),
    ];
    expect(check({ quotes })._unsafeUnwrap().quote).toBe(good);
  });

  it.each([
    ['no quote', [], NOT_SIGNED],
    ['a quote in another status', [quoteFacts({ status: 'sent' })], NOT_SIGNED],
    ['a status in another spelling', [quoteFacts({ status: 'Signed' })], NOT_SIGNED],
    [
      'a quote that expired before anyone signed it',
      [quoteFacts({ status: 'sent', expired: true })],
      NOT_SIGNED,
    ],
    ['a signed quote that has expired', [quoteFacts({ expired: true })], EXPIRED],
    [
      'a signed quote that has expired, next to a new one',
      [quoteFacts({ expired: true }), quoteFacts({ status: 'sent' })],
      EXPIRED,
    ],
  ])('misses the quote: %s', (_, quotes, expected) => {
    expect(missing({ quotes })).toEqual([expected]);
  });

  it('misses a complete blueprint, and passes on what the policy found', () => {
    expect(missing(withBlueprint('{"nodes":[{"id":"a"}],"edges":[]}'))).toEqual([
      {
        code: 'blueprint_incomplete',
        message: 'The blueprint is incomplete: fix the listed problems, then request the build again.',
        findings: [
          { path: 'edges', message: 'Add at least one edge.' },
          { path: 'nodes[0]', message: 'Connect this node to another node, or remove it.' },
        ],
        findingsInAll: 2,
      },
    ]);
  });

  it('B1 misses a blueprint that makes more tasks than the limit', () => {
    const policy = (checklistItems: number) => ({
      ...REQUEST_POLICY,
      blueprintLimits: { ...REQUEST_POLICY.blueprintLimits, checklistItems },
    });
    const items = check()._unsafeUnwrap().checklist.length;
    expect(checkPrerequisites(candidateFacts(), policy(items), []).isOk()).toBe(true);
    expect(checkPrerequisites(candidateFacts(), policy(items - 1), [])._unsafeUnwrapErr()).toMatchObject([
      {
        code: 'blueprint_incomplete',
        findings: [{ path: '', message: expect.stringContaining('blueprintLimits.checklistItems') }],
      },
    ]);
  });

  it('misses the blueprint when its text is not JSON', () => {
    expect(missing(withBlueprint('{'))).toMatchObject([
      { code: 'blueprint_incomplete', findings: [{ path: '' }] },
    ]);
  });

  it('misses the project when the version belongs to none', () => {
    expect(missing({ projects: [] })).toEqual([
      {
        code: 'project_missing',
        message: 'The automation version belongs to no project: add it to one first.',
      },
    ]);
  });

  it('misses one project when the version belongs to several, and lists them', () => {
    expect(missing({ projects: [projectFacts(), projectFacts({ id: 'project-2' })] })).toEqual([
      {
        code: 'project_ambiguous',
        message: 'The automation version belongs to several projects: keep it in one of them.',
        projectIds: ['project-1', 'project-2'],
      },
    ]);
  });

  it('lists every open blocker', () => {
    const openBlockers = [
      { id: 'task-1', title: 'Sign the data agreement' },
      { id: 'task-2', title: 'Grant access' },
    ];
    expect(missing({ openBlockers })).toEqual([
      {
        code: 'blocking_issue',
        message: '“Sign the data agreement” blocks the build: complete it first.',
        taskId: 'task-1',
      },
      {
        code: 'blocking_issue',
        message: '“Grant access” blocks the build: complete it first.',
        taskId: 'task-2',
      },
    ]);
  });

  it('lists what the host’s own functions found, as they found it', () => {
    const host: MissingPrerequisite = {
      code: 'host_prerequisite',
      message: 'Connect Salesforce first.',
      prerequisite: 'credentials',
    };
    expect(missing({}, [host])).toEqual([host]);
  });

  it('lists all that is missing at once', () => {
    const host: MissingPrerequisite = {
      code: 'host_prerequisite',
      message: 'Connect Salesforce first.',
      prerequisite: 'credentials',
    };
    const everything = {
      ...withBlueprint('[]'),
      quotes: [],
      projects: [],
      openBlockers: [{ id: 'task-1', title: 'Legal' }],
    };
    expect(missing(everything, [host]).map(({ code }) => code)).toEqual([
      'quote_not_signed',
      'blueprint_incomplete',
      'project_missing',
      'blocking_issue',
      'host_prerequisite',
    ]);
  });
});
