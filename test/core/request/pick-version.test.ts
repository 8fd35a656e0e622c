import { describe, expect, it } from 'vitest';
import { pickVersion } from '../../../src/core/request/prerequisites.js';
import { candidateFacts, requestCommand, requestFacts, versionFacts } from '../support/request-facts.js';

const byVersion = requestCommand();
const byProject = requestCommand({ trigger: 'admin_request_build', target: { projectId: 'project-1' } });
const first = candidateFacts();
const second = candidateFacts({ automationVersion: versionFacts({ id: 'version-2' }) });

const pick = (
  candidates: readonly (typeof first)[],
  command = byProject,
  buildingVersionId: string | null = null,
) => pickVersion(requestFacts({}, { candidates, buildingVersionId }), command);

describe('pickVersion', () => {
  it('takes the version that is named', () => {
    expect(pick([first], byVersion)._unsafeUnwrap()).toBe(first);
  });

  it('does not find a version that is not there', () => {
    expect(pick([], byVersion)._unsafeUnwrapErr()).toEqual({
      code: 'automation_version_not_found',
      message: 'There is no such automation version: check the id.',
    });
  });

  it('takes the one version of a project that may start', () => {
    expect(pick([second])._unsafeUnwrap()).toBe(second);
  });

  it('leaves it to the checks to refuse that version while another is being built', () => {
    expect(pick([second], byProject, 'version-1')._unsafeUnwrap()).toBe(second);
  });

  it('lists the versions when several may start', () => {
    expect(pick([first, second], byProject, 'version-3')._unsafeUnwrapErr()).toEqual({
      code: 'multiple_ready_for_build_versions',
      message: 'Several versions of the project are ready for build: request the one you mean by its id.',
      details: { automationVersionIds: ['version-1', 'version-2'] },
    });
  });

  it('names the version that is being built when none may start', () => {
    expect(pick([], byProject, 'version-3')._unsafeUnwrapErr()).toEqual({
      code: 'build_already_in_progress',
      message: 'Another version of the project is being built: wait for its build to finish.',
      details: { automationVersionId: 'version-3', bindingStatus: null },
    });
  });

  it('finds nothing when none may start and none is being built', () => {
    expect(pick([])._unsafeUnwrapErr()).toEqual({
      code: 'ready_for_build_version_not_found',
      message: 'No version of the project is ready for build: move one to “Ready for Build” first.',
    });
  });
});
