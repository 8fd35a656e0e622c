import { describe, expect, it } from 'vitest';
import type { MissingPrerequisite } from '../../../src/core/build/errors.js';
import type { CandidateFacts } from '../../../src/core/build/facts.js';
import { previewBuild } from '../../../src/core/request/preview-build.js';
import {
  bindingFacts,
  candidateFacts,
  quoteFacts,
  REQUEST_POLICY,
  requestCommand,
  versionFacts,
} from '../support/request-facts.js';

const preview = (candidates: readonly CandidateFacts[], missing: readonly MissingPrerequisite[] = []) =>
  previewBuild(
    { storedAnswer: null, candidates, buildingVersionId: null },
    requestCommand(),
    REQUEST_POLICY,
    missing,
  );

describe('a preview of a build', () => {
  it('says that it would be accepted, and that every prerequisite is met', () => {
    const { id, status, updatedAt, rowVersion } = versionFacts();
    expect(preview([candidateFacts()])).toEqual({
      automationVersion: { id, status, updatedAt, rowVersion },
      refusal: null,
      prerequisites: ['quote', 'blueprint', 'project', 'blocking_issues', 'host'].map((prerequisite) => ({
        prerequisite,
        met: true,
        missing: [],
      })),
    });
  });

  it('says of each prerequisite whether it is met, and why not', () => {
    const candidate = candidateFacts({
      quotes: [quoteFacts({ status: 'sent' })],
      automationVersion: versionFacts({ blueprintJson: '{}' }),
      projects: [],
      openBlockers: [{ id: 'task-1', title: 'Legal' }],
    });
    const asked = { code: 'host_prerequisite', prerequisite: 'credit', message: 'Pay first.' } as const;
    const { refusal, prerequisites } = preview([candidate], [asked]);
    expect(refusal?.code).toBe('missing_prerequisites');
    expect(
      prerequisites.map(({ prerequisite, met, missing }) => [prerequisite, met, missing[0]?.code]),
    ).toEqual([
      ['quote', false, 'quote_not_signed'],
      ['blueprint', false, 'blueprint_incomplete'],
      ['project', false, 'project_missing'],
      ['blocking_issues', false, 'blocking_issue'],
      ['host', false, 'host_prerequisite'],
    ]);
  });

  it('shows the prerequisites of a build that is refused for another reason', () => {
    const { refusal, prerequisites } = preview([candidateFacts({ binding: bindingFacts() })]);
    expect(refusal?.code).toBe('build_already_in_progress');
    expect(prerequisites.every(({ met }) => met)).toBe(true);
  });

  it('has nothing to check where no one version is meant', () => {
    expect(preview([])).toMatchObject({
      automationVersion: null,
      refusal: { code: 'automation_version_not_found' },
      prerequisites: [],
    });
  });
});
