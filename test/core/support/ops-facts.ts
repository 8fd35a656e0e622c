import type { BuildFacts } from '../../../src/core/build/facts.js';
import { claimedBuild } from './claimed-build.js';
import { bindingFacts, projectFacts, versionFacts } from './request-facts.js';

/** A build that ended as an error in its first run, and that nobody holds. */
export function failedBuild(change: Partial<BuildFacts> = {}): BuildFacts {
  const { call: _call, ...facts } = claimedBuild({
    binding: bindingFacts({ status: 'error', run: 1, fence: 5, errorReason: 'wrk_api_error' }),
  });
  return { ...facts, isHeld: false, ...change };
}

/** A build that is complete with a workflow which a person gave it. */
export function adoptedBuild(change: Partial<BuildFacts> = {}): BuildFacts {
  const workflow = { workflowId: 'wf-7', workflowUrl: 'https://wrk.example/wf-7' };
  return failedBuild({
    binding: bindingFacts({ status: 'active', fence: 5, ...workflow, adoption: { completedTasks: [] } }),
    automationVersion: versionFacts({ status: 'QA & Testing' }),
    project: projectFacts({ status: 'QA & Testing' }),
    ...change,
  });
}

/** Who gives a command, and why. */
export const BY_OPS = { userId: 'ops-1', reason: 'WRK works again', decisionId: 'decision-1' } as const;
