import type { Result } from 'neverthrow';
import type { BuildDecision } from '../../../../src/core/build/decision.js';
import type { BuildFacts } from '../../../../src/core/build/facts.js';
import { decideAdopt } from '../../../../src/core/ops/decide-adopt.js';
import { decideAssign } from '../../../../src/core/ops/decide-assign.js';
import { decideCancel } from '../../../../src/core/ops/decide-cancel.js';
import { decideRetry } from '../../../../src/core/ops/decide-retry.js';
import { decideUndoAdoption } from '../../../../src/core/ops/decide-undo-adoption.js';
import type { OpsError } from '../../../../src/core/ops/ops-error.js';
import { workflowOfWrk } from '../../../../src/core/orchestration/decide-give-way.js';
import { REQUEST_POLICY } from '../../support/request-facts.js';
import { commit, writingNothing } from './commit.js';
import { giveWay } from './give-way.js';
import { loadBuild } from './load.js';
import { type Model, newId, pickRow } from './model.js';
import { policyOf } from './policy.js';
import type { Step } from './steps.js';

export type OpsStep = Extract<Step, { step: `ops ${string}` }>;

/** Lets ops act on a build. What is refused has written nothing: invariant 16. */
export function commandAsOps(model: Model, step: OpsStep): void {
  const binding = pickRow(model.bindings, step.build);
  const build = binding && loadBuild(model, binding.id);
  if (!build) return;
  const decided = writingNothing(model, 'a command', () => decide(model, build, step));
  if (!decided) return;
  model.reached.add(`${step.step}: ${decided.isOk() ? 'ok' : decided.error.code}`);
  if (decided.isErr() || !decided.value) return;
  if ((decided.value.binding?.duplicateRiskRun ?? null) !== null) model.atRisk.push(build.binding.id);
  let verdict = commit(model, decided.value);
  const named = verdict === 'workflow_taken' ? workflowOfWrk(decided.value) : null;
  if (named !== null && giveWay(model, named)) verdict = commit(model, decided.value);
  if (verdict !== 'ok' && !(step.step === 'ops adopt' && verdict === 'workflow_taken'))
    model.violations.push(`a command on the newest facts was ${verdict}`);
}

function decide(
  model: Model,
  build: BuildFacts,
  step: OpsStep,
): Result<BuildDecision | null, OpsError> | null {
  const command = { userId: 'ops-1', reason: 'a story', decisionId: newId(model, 'decision') };
  const policy = policyOf(model);
  switch (step.step) {
    case 'ops retry': {
      const { accept: acceptDuplicateRisk, freshKey } = step;
      const requestId = newId(model, 'request');
      return decideRetry(build, { ...command, requestId, acceptDuplicateRisk, freshKey }, policy);
    }
    case 'ops cancel':
      return decideCancel(
        build,
        { ...command, acceptDuplicateRisk: step.accept },
        { ...REQUEST_POLICY, ...policy },
      );
    case 'ops undo adoption':
      return decideUndoAdoption(build, command, { ...REQUEST_POLICY, ...policy });
    case 'ops assign':
      return decideAssign(build, { ...command, assigneeId: newId(model, 'engineer') }, policy);
    case 'ops adopt': {
      // People adopt what they have seen at WRK, or mistype it: then it may be anybody's.
      const workflow = pickRow(model.workflows, step.which);
      if (!workflow) return null;
      const { id: workflowId } = workflow;
      const workflowUrl = `https://wrk.example/${workflowId}`;
      return decideAdopt(build, { ...command, workflowId, workflowUrl }, policy);
    }
  }
}
