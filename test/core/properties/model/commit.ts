import type { BuildDecision, Verdict } from '../../../../src/core/build/decision.js';
import { checkWritten } from './decision-rules.js';
import { projectOf } from './load.js';
import { type Model, newId, rowsOf } from './model.js';

/** Writes a decision whole, if everything it rests on still stands; else nothing of it. */
export function commit(model: Model, decision: BuildDecision): Verdict {
  const verdict = verdictOn(model, decision);
  model.reached.add(`verdict ${verdict}`);
  if (verdict !== 'ok') return verdict;
  const { versions, projects, tasks, bindings, calls, journal, answers } = model;
  const before = structuredClone({ versions, projects, tasks, bindings, calls, journal, answers });
  write(model, decision);
  model.violations.push(...checkWritten(before, model, decision));
  return verdict;
}

function verdictOn(model: Model, decision: BuildDecision): Verdict {
  const { guard, bindingId, automationVersionId, binding, idempotency, tenantId } = decision;
  const stored = model.bindings.find(({ id }) => id === bindingId);
  const version = model.versions.find(({ id }) => id === automationVersionId);
  const project = model.projects.find(({ id }) => id === guard.project?.id);
  const quote = model.quotes.find(({ id }) => id === guard.quote?.id);
  const siblings = model.versions.filter(
    ({ id, projectId, status }) =>
      id !== automationVersionId && projectId === project?.id && status === 'Build in Progress',
  );
  const ofVersion = model.bindings.some(({ versionId }) => versionId === automationVersionId);
  const { binding: held } = guard;
  const isFresh =
    (held === 'any' ||
      (held === 'absent'
        ? !ofVersion
        : stored?.state.fence === held.fence && stored.state.status === held.status)) &&
    (guard.automationVersionRow === null || `${version?.revision}` === guard.automationVersionRow) &&
    (guard.project === null || `${project?.revision}` === guard.project.row) &&
    (guard.assignee === null || stored?.assigneeId === guard.assignee.id) &&
    (guard.quote === null || `${quote?.revision}` === guard.quote.row) &&
    !(guard.noOpenBlocker && project?.blocked) &&
    !(guard.noBuildingSibling && siblings.length > 0);
  if (!isFresh) return 'stale';
  if (idempotency && model.answers.has(`${tenantId} ${idempotency.key}`)) return 'key_taken';
  const workflowId = binding?.workflowId ?? null;
  const isTaken = model.bindings.some(({ id, state }) => id !== bindingId && state.workflowId === workflowId);
  return workflowId !== null && isTaken ? 'workflow_taken' : 'ok';
}

function write(model: Model, decision: BuildDecision): void {
  const { tenantId, automationVersionId, bindingId, binding, closeCall, idempotency } = decision;
  const version = model.versions.find(({ id }) => id === automationVersionId);
  if (version && decision.automationVersionStatus !== null) {
    version.status = decision.automationVersionStatus;
    version.revision += 1;
    model.movedByLibrary.add(version.id);
  }
  const project = version && projectOf(model, version);
  if (project && decision.project) {
    project.status = decision.project.status ?? project.status;
    project.progress = decision.project.checklistProgress;
    project.revision += 1;
  }
  if (project) {
    for (const task of decision.createTasks) {
      const { slug, category, status } = task;
      model.tasks.push({ id: newId(model, 'task'), projectId: project.id, slug, category, status });
    }
  }
  const statuses = new Map(decision.setTasks.map(({ taskId, status }) => [taskId, status]));
  for (const task of model.tasks) task.status = statuses.get(task.id) ?? task.status;
  if (binding) {
    const held = model.bindings.find(({ id }) => id === bindingId);
    const assigneeId = decision.assignee ? decision.assignee.id : (held?.assigneeId ?? null);
    const of = { id: bindingId, tenantId, versionId: automationVersionId };
    const row = { ...of, leased: false, assigneeId, state: binding };
    model.bindings = [...model.bindings.filter(({ id }) => id !== bindingId), row];
  }
  const assigned = model.bindings.find(({ id }) => id === bindingId);
  if (!binding && assigned && decision.assignee) assigned.assigneeId = decision.assignee.id;
  if (closeCall) {
    const closed = binding ? ('in time' as const) : ('late' as const);
    model.calls = model.calls.map((call) =>
      call.id === closeCall.id && call.outcome === null ? { ...call, ...closeCall, closed } : call,
    );
  }
  if (idempotency) {
    const { key, bodyHash, answer } = idempotency;
    model.answers.set(`${tenantId} ${key}`, { bodyHash, answer });
  }
  if (decision.audit) model.journal.push({ by: 'library', entry: decision.audit });
  model.notifications.push(...decision.messages.filter(({ queue }) => queue === 'notifications'));
}

/** What `action` answers; a violation if it wrote anything. */
export function writingNothing<Answer>(model: Model, what: string, action: () => Answer): Answer {
  const before = rowsOf(model);
  const answer = action();
  if (rowsOf(model) !== before) model.violations.push(`${what} has written something`);
  return answer;
}
