import { decideGiveWay } from '../../../../src/core/orchestration/decide-give-way.js';
import { REQUEST_POLICY } from '../../support/request-facts.js';
import { commit } from './commit.js';
import { loadBuild } from './load.js';
import { type Model, newId } from './model.js';
import { policyOf } from './policy.js';

/** Takes a workflow from the build that a person adopted it for, as the handler does; `false`: that has it from WRK too. */
export function giveWay(model: Model, workflowId: string): boolean {
  const holder = model.bindings.find(({ state }) => state.workflowId === workflowId);
  const build = holder ? loadBuild(model, holder.id) : null;
  const policy = { ...policyOf(model), startableStatuses: REQUEST_POLICY.startableStatuses };
  const decided = decideGiveWay(build, workflowId, policy, newId(model, 'decision'));
  model.reached.add(`adopted workflow ${decided.kind}`);
  if (decided.kind !== 'gives_way') return decided.kind === 'free';
  if (commit(model, decided.decision) !== 'ok') model.violations.push('an adoption did not give way');
  return true;
}
