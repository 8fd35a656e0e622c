import type { Result } from 'neverthrow';
import type { BuildDecision } from '../../../../src/core/build/decision.js';
import type { BuildFacts } from '../../../../src/core/build/facts.js';
import { decideAdopt } from '../../../../src/core/ops/decide-adopt.js';
import { decideAssign } from '../../../../src/core/ops/decide-assign.js';
import { decideCancel } from '../../../../src/core/ops/decide-cancel.js';
import { decideRetry } from '../../../../src/core/ops/decide-retry.js';
import type { OpsError } from '../../../../src/core/ops/ops-error.js';
import { REQUEST_POLICY } from '../../support/request-facts.js';
import { commit, writingNothing } from './commit.js';
import { loadBuild } from './load.js';
import type { Step } from './steps.js';
import { policyOf } from './worker.js';
import { newId, pickRow, type World } from './world.js';

export type OpsStep = Extract<Step, { step: 'ops retry' | 'ops cancel' | 'ops adopt' | 'ops assign' }>;

/** Lets ops act on a build. What is refused has written nothing: invariant 16. */
export function commandAsOps(world: World, step: OpsStep): void {
  const binding = pickRow(world.bindings, step.build);
  const build = binding && loadBuild(world, binding.id);
  if (!build) return;
  const decided = writingNothing(world, 'a command', () => decide(world, build, step));
  if (!decided) return;
  world.reached.add(`${step.step}: ${decided.isOk() ? 'ok' : decided.error.code}`);
  if (decided.isErr() || !decided.value) return;
  if ((decided.value.binding?.duplicateRiskRun ?? null) !== null) world.atRisk.push(build.binding.id);
  const verdict = commit(world, decided.value);
  if (verdict !== 'ok' && !(step.step === 'ops adopt' && verdict === 'workflow_taken'))
    world.violations.push(`a command on the newest facts was ${verdict}`);
}

function decide(
  world: World,
  build: BuildFacts,
  step: OpsStep,
): Result<BuildDecision | null, OpsError> | null {
  const command = { userId: 'ops-1', reason: 'a story', decisionId: newId(world, 'decision') };
  const policy = policyOf(world);
  switch (step.step) {
    case 'ops retry': {
      const { accept: acceptDuplicateRisk, freshKey } = step;
      const requestId = newId(world, 'request');
      return decideRetry(build, { ...command, requestId, acceptDuplicateRisk, freshKey }, policy);
    }
    case 'ops cancel':
      return decideCancel(
        build,
        { ...command, acceptDuplicateRisk: step.accept },
        { ...REQUEST_POLICY, ...policy },
      );
    case 'ops assign':
      return decideAssign(build, { ...command, assigneeId: newId(world, 'engineer') }, policy);
    case 'ops adopt': {
      // People adopt what they have seen at WRK.
      const seen = world.workflows.filter(({ reference }) => reference === build.binding.id);
      const workflow = pickRow(seen, step.which);
      if (!workflow) return null;
      const { id: workflowId } = workflow;
      const workflowUrl = `https://wrk.example/${workflowId}`;
      return decideAdopt(build, { ...command, workflowId, workflowUrl }, policy);
    }
  }
}
