import type { BuildDecision } from '../../../../src/core/build/decision.js';
import { BINDING_TRANSITIONS, type BindingStatus } from '../../../../src/core/build/statuses.js';
import type { Rows } from './model.js';

/** The audit actions that a transition to this status may have. */
const ACTIONS_OF: Readonly<Record<BindingStatus, readonly (string | undefined)[]>> = {
  pending: ['request_build', 'retry_build'],
  active: ['build_complete'],
  error: ['build_failed', 'undo_adoption'],
  cancelled: ['cancel_build'],
};

const statusIn = (model: Rows, bindingId: string) =>
  model.bindings.find(({ id }) => id === bindingId)?.state.status ?? 'absent';

/** What is wrong with one write, going by the rows before and after it. */
export function checkWritten(before: Rows, after: Rows, decision: BuildDecision): readonly string[] {
  return [
    ...checkTransition(before, after, decision),
    ...checkRunAndFence(before, decision),
    ...checkVersion(before, decision),
    ...checkTenant(decision),
    ...checkProgress(after, decision),
    ...checkLateAnswer(before, after, decision),
    ...checkOneBuildPerProject(before, decision),
  ];
}

/** Invariants 6 and 7: each status change is an edge of the table and has one audit entry; nothing else has any. */
function checkTransition(before: Rows, after: Rows, { bindingId, audit }: BuildDecision): readonly string[] {
  const from = statusIn(before, bindingId);
  const to = statusIn(after, bindingId);
  if (from === to || to === 'absent') {
    return audit && audit.actionType !== 'assign_build'
      ? [`${audit.actionType} without a status change`]
      : [];
  }
  const edge = `${from} → ${to}`;
  const wrong: string[] = [];
  if (!BINDING_TRANSITIONS[from].includes(to)) wrong.push(`${edge} is no edge of the table`);
  if (!ACTIONS_OF[to].includes(audit?.actionType)) wrong.push(`${edge} is audited as ${audit?.actionType}`);
  return wrong;
}

/** A request and a retry start a run; whatever a person commands takes the fence from whoever holds it; a worker keeps both. */
function checkRunAndFence(before: Rows, { bindingId, binding, audit }: BuildDecision): readonly string[] {
  if (!binding) return [];
  const was = before.bindings.find(({ id }) => id === bindingId)?.state ?? { run: 0, fence: 0 };
  const startsRun = audit?.actionType === 'request_build' || audit?.actionType === 'retry_build';
  const isOrdered = startsRun || (audit?.userId ?? null) !== null;
  return binding.run === was.run + Number(startsRun) && binding.fence === was.fence + Number(isOrdered)
    ? []
    : [`run ${was.run}, fence ${was.fence} became run ${binding.run}, fence ${binding.fence}`];
}

/** Only a version that is being built is completed; one that was archived meanwhile is not brought back. */
function checkVersion(before: Rows, decision: BuildDecision): readonly string[] {
  if (decision.automationVersionStatus !== 'QA & Testing') return [];
  const status = before.versions.find(({ id }) => id === decision.automationVersionId)?.status;
  return status === 'Build in Progress' ? [] : [`a build was completed while its version is ${status}`];
}

/** Invariant 11, as far as a decision shows it: everything in it is of one tenant. */
function checkTenant({ tenantId, audit, messages }: BuildDecision): readonly string[] {
  const tenants = [
    ...(audit ? [audit.tenantId] : []),
    ...messages.flatMap((message) => [message.tenantId, message.body.tenantId]),
  ];
  return tenants.filter((other) => other !== tenantId).map((other) => `${tenantId} sees ${other}`);
}

/** The progress that was written is that of the tasks as they are now, counted with whole numbers only. */
function checkProgress(after: Rows, { project, guard }: BuildDecision): readonly string[] {
  if (!project) return [];
  let all = 0;
  let complete = 0;
  for (const task of after.tasks) {
    if (task.projectId !== guard.project?.id) continue;
    all += 1;
    if (task.status === 'complete') complete += 1;
  }
  let percentage = 0;
  while (all > 0 && (percentage + 1) * all <= complete * 100) percentage += 1;
  return percentage === project.checklistProgress
    ? []
    : [`${complete} of ${all} tasks are ${project.checklistProgress} %`];
}

/** Invariant 12: a decision that does not name the fence changes no row but its own in the ledger. */
function checkLateAnswer(before: Rows, after: Rows, { guard, closeCall }: BuildDecision): readonly string[] {
  if (guard.binding !== 'any') return [];
  const rest = (model: Rows) =>
    JSON.stringify([
      model.versions,
      model.projects,
      model.tasks,
      model.bindings,
      model.journal,
      [...model.answers],
      model.calls.filter(({ id }) => id !== closeCall?.id),
    ]);
  return rest(before) === rest(after) ? [] : ['a stale fence has changed a row'];
}

/** Invariant 8: a request is accepted only while nothing else of the project is being built. */
function checkOneBuildPerProject(before: Rows, decision: BuildDecision): readonly string[] {
  if (decision.audit?.actionType !== 'request_build') return [];
  const version = before.versions.find(({ id }) => id === decision.automationVersionId);
  const siblings = before.versions.filter(
    ({ id, projectId, status }) =>
      id !== version?.id && projectId === version?.projectId && status === 'Build in Progress',
  );
  const own = statusIn(before, decision.bindingId);
  return [
    ...siblings.map(({ id }) => `a request was accepted while ${id} is being built`),
    ...(own === 'absent' || own === 'cancelled'
      ? []
      : [`a request was accepted while its own build is ${own}`]),
  ];
}
