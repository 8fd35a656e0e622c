import type { BuildDecision, Verdict } from '../../../../src/core/build/decision.js';
import { checkWritten } from './decision-rules.js';
import { projectOf } from './load.js';
import { newId, rowsOf, type World } from './world.js';

/** Writes a decision whole, if everything it rests on still stands; else nothing of it. */
export function commit(world: World, decision: BuildDecision): Verdict {
  const verdict = verdictOn(world, decision);
  world.reached.add(`verdict ${verdict}`);
  if (verdict !== 'ok') return verdict;
  const { versions, projects, tasks, bindings, calls, journal, answers } = world;
  const before = structuredClone({ versions, projects, tasks, bindings, calls, journal, answers });
  write(world, decision);
  world.violations.push(...checkWritten(before, world, decision));
  return verdict;
}

function verdictOn(world: World, decision: BuildDecision): Verdict {
  const { guard, bindingId, automationVersionId, binding, idempotency, tenantId } = decision;
  const stored = world.bindings.find(({ id }) => id === bindingId);
  const version = world.versions.find(({ id }) => id === automationVersionId);
  const project = world.projects.find(({ id }) => id === guard.project?.id);
  const quote = world.quotes.find(({ id }) => id === guard.quote?.id);
  const siblings = world.versions.filter(
    ({ id, projectId, status }) =>
      id !== automationVersionId && projectId === project?.id && status === 'Build in Progress',
  );
  const ofVersion = world.bindings.some(({ versionId }) => versionId === automationVersionId);
  const { binding: held } = guard;
  const isFresh =
    (held === 'any' ||
      (held === 'absent'
        ? !ofVersion
        : stored?.state.fence === held.fence && stored.state.status === held.status)) &&
    (guard.automationVersionRow === null || `${version?.mark}` === guard.automationVersionRow) &&
    (guard.project === null || `${project?.mark}` === guard.project.row) &&
    (guard.assignee === null || stored?.assigneeId === guard.assignee.id) &&
    (guard.quote === null || `${quote?.mark}` === guard.quote.row) &&
    !(guard.noOpenBlocker && project?.blocked) &&
    !(guard.noBuildingSibling && siblings.length > 0);
  if (!isFresh) return 'stale';
  if (idempotency && world.answers.has(`${tenantId} ${idempotency.key}`)) return 'key_taken';
  const workflowId = binding?.workflowId ?? null;
  const isTaken = world.bindings.some(({ id, state }) => id !== bindingId && state.workflowId === workflowId);
  return workflowId !== null && isTaken ? 'workflow_taken' : 'ok';
}

function write(world: World, decision: BuildDecision): void {
  const { tenantId, automationVersionId, bindingId, binding, closeCall, idempotency } = decision;
  const version = world.versions.find(({ id }) => id === automationVersionId);
  if (version && decision.automationVersionStatus !== null) {
    version.status = decision.automationVersionStatus;
    version.mark += 1;
    world.movedByLibrary.add(version.id);
  }
  const project = version && projectOf(world, version);
  if (project && decision.project) {
    project.status = decision.project.status ?? project.status;
    project.progress = decision.project.checklistProgress;
    project.mark += 1;
  }
  if (project) {
    for (const task of decision.createTasks) {
      const { slug, category, status } = task;
      world.tasks.push({ id: newId(world, 'task'), projectId: project.id, slug, category, status });
    }
  }
  const statuses = new Map(decision.setTasks.map(({ taskId, status }) => [taskId, status]));
  for (const task of world.tasks) task.status = statuses.get(task.id) ?? task.status;
  if (binding) {
    const held = world.bindings.find(({ id }) => id === bindingId);
    const assigneeId = decision.assignee ? decision.assignee.id : (held?.assigneeId ?? null);
    const of = { id: bindingId, tenantId, versionId: automationVersionId };
    const row = { ...of, leased: false, assigneeId, state: binding };
    world.bindings = [...world.bindings.filter(({ id }) => id !== bindingId), row];
  }
  const assigned = world.bindings.find(({ id }) => id === bindingId);
  if (!binding && assigned && decision.assignee) assigned.assigneeId = decision.assignee.id;
  if (closeCall) {
    const closed = binding ? ('in time' as const) : ('late' as const);
    world.calls = world.calls.map((call) =>
      call.id === closeCall.id && call.outcome === null ? { ...call, ...closeCall, closed } : call,
    );
  }
  if (idempotency) {
    const { key, bodyHash, answer } = idempotency;
    world.answers.set(`${tenantId} ${key}`, { bodyHash, answer });
  }
  if (decision.audit) world.journal.push({ by: 'library', entry: decision.audit });
  world.notifications.push(...decision.messages.filter(({ queue }) => queue === 'notifications'));
}

/** What `action` answers; a violation if it wrote anything. */
export function writingNothing<Answer>(world: World, what: string, action: () => Answer): Answer {
  const before = rowsOf(world);
  const answer = action();
  if (rowsOf(world) !== before) world.violations.push(`${what} has written something`);
  return answer;
}
