import fc from 'fast-check';
import { ok } from 'neverthrow';
import { describe, expect, it } from 'vitest';
import { DEFAULT_BLUEPRINT_LIMITS } from '../../../src/core/blueprint/blueprint-limits.js';
import { type BlueprintPolicy, graphBlueprint } from '../../../src/core/blueprint/blueprint-policy.js';
import { readBlueprint as readWithin } from '../../../src/core/blueprint/read-blueprint.js';
import { stepsBlueprint } from '../../../src/core/blueprint/steps-policy.js';
import { sized } from '../../support/size.js';
import { exampleText, findingsOf, pathsOf } from './examples.js';

const readBlueprint = (blueprintJson: string, policy: BlueprintPolicy) =>
  readWithin(
    { blueprintJson, blueprintBytes: Buffer.byteLength(blueprintJson) },
    policy,
    DEFAULT_BLUEPRINT_LIMITS,
  )
    .map(({ systems }) => ({ systems }))
    .mapErr(({ findings }) => findings);

const neverAsked: BlueprintPolicy = () => {
  throw new Error('the policy was asked about text that is not JSON');
};

describe('readBlueprint', () => {
  it('hands the parsed document to the policy and answers what the policy says', () => {
    const seen: unknown[] = [];
    const answer = readBlueprint('{"nodes":[1.50,{"a":null}]}', (blueprint) => {
      seen.push(blueprint);
      return ok({ systems: ['Slack'] });
    });

    expect(seen).toEqual([{ nodes: [1.5, { a: null }] }]);
    expect(answer).toEqual(ok({ systems: ['Slack'] }));
  });

  it('answers text that is not JSON with one finding about the document, and never asks the policy', () => {
    for (const text of ['', '{', '{"nodes": [}', 'nodes', '{} {}', '\uFEFF{}', 'undefined']) {
      const findings = findingsOf(readBlueprint(text, neverAsked));
      expect(findings).toHaveLength(1);
      expect(findings[0]?.path).toBe('');
      expect(findings[0]?.message).toMatch(
        /^The blueprint is not JSON.*\. Save it again as a JSON document\.$/,
      );
    }
  });

  it('says where reading stopped when the engine knows', () => {
    const [finding] = findingsOf(readBlueprint('{"nodes" 1}', neverAsked));
    expect(finding?.message).toContain('reading stopped at character 9, counted from 0');
  });

  it('repeats nothing of text that is not JSON, not even digits that look like a position', () => {
    for (const text of [
      'sk_live_51H8 at position 4111',
      '["sk_live", x]',
      '{"key": "sk_live',
      ' at position 4111',
    ]) {
      const [finding] = findingsOf(readBlueprint(text, neverAsked));
      expect(finding?.message).not.toMatch(/sk_live|4111/);
    }
  });

  it.each([
    [
      'invoice-approval.json',
      [
        'Microsoft Outlook',
        'Azure Document Intelligence',
        'Microsoft Teams',
        'NetSuite',
        'SharePoint',
        'Google Sheets',
      ],
    ],
    ['lead-routing.json', ['Webflow', 'Clearbit', 'Salesforce', 'Slack', 'Calendly', 'Gmail', 'Mailchimp']],
    ['weekly-report.json', ['Stripe', 'Slack']],
  ])('finds the example %s complete, with its systems in order of first appearance', (name, systems) => {
    expect(readBlueprint(exampleText(name), graphBlueprint)).toEqual(ok({ systems }));
  });

  it('finds the example onboarding-steps.json complete, and the system nobody has chosen is no system', () => {
    expect(readBlueprint(exampleText('onboarding-steps.json'), stepsBlueprint)).toEqual(
      ok({ systems: ['DocuSign', 'BambooHR', 'Google Workspace', 'Slack', 'Jira'] }),
    );
  });

  it('does not take one shape for the other', () => {
    expect(pathsOf(readBlueprint(exampleText('onboarding-steps.json'), graphBlueprint))).toEqual([
      'nodes',
      'edges',
    ]);
    expect(pathsOf(readBlueprint(exampleText('weekly-report.json'), stepsBlueprint))).toEqual([
      'steps',
      'steps',
    ]);
  });
});

describe.each([
  ['graphBlueprint', graphBlueprint, ['nodes', 'edges', 'id', 'source', 'target', 'systems']],
  [
    'stepsBlueprint',
    stepsBlueprint,
    ['steps', 'branches', 'id', 'type', 'nextStepIds', 'parentStepId', 'targetStepId', 'systemsInvolved'],
  ],
] as const)('%s on documents that nobody meant', (_name, policy, keys) => {
  const key = fc.oneof(fc.constantFrom(...keys), fc.constantFrom('__proto__', 'constructor', 'toString'));
  const { document } = fc.letrec<{ document: unknown }>((tie) => ({
    document: fc.oneof(
      { depthSize: 'large', withCrossShrink: true },
      fc.constantFrom(null, true, 0, '', ' ', 'a', '__proto__', 'constructor', 'Trigger', 'Action'),
      fc.array(tie('document'), { maxLength: 4 }),
      fc
        .array(fc.tuple(key, tie('document')), { maxLength: 6 })
        .map((entries) => Object.fromEntries(entries)),
    ),
  }));

  it('never throws, never changes the document, and names a place and a thing to do for every refusal', () => {
    fc.assert(
      fc.property(document, (blueprint) => {
        const text = JSON.stringify(blueprint);
        const parsed: unknown = JSON.parse(text);
        const answer = policy(parsed);

        expect(JSON.stringify(parsed)).toBe(text);
        if (answer.isOk()) return;
        expect(answer.error.length).toBeGreaterThan(0);
        for (const finding of answer.error) {
          expect(finding.path).toMatch(/^$|^(nodes|edges|steps|branches)(\[\d+\](\.\w+(\[\d+\])?)?)?$/);
          expect(finding.message).toMatch(/^[A-Z].*\.$/);
        }
      }),
      { numRuns: sized(250, 1_000) },
    );
  });

  it.each([null, undefined, [], [{}], 'nodes', 7, true])('asks for an object instead of %j', (blueprint) => {
    expect(pathsOf(policy(blueprint))).toEqual(['']);
  });
});
