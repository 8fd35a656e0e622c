import type { BindingState, BuildDecision } from '../../core/build/decision.js';
import { answerKey } from './load-requests.js';
import { BUILD_CHECKLIST, ofTenant } from './project-facts.js';
import { compositeKey } from './rows.js';
import type { Store } from './store.js';
import type { Transaction } from './transaction.js';

/** The lock key that stands for the unique index on tasks: (context type, context, kind, template slug). */
export function taskSlugLock(task: {
  contextType: string;
  contextId: string;
  kind: string;
  templateSlug: string;
}): string {
  return compositeKey('task slug', task.contextType, task.contextId, task.kind, task.templateSlug);
}

/** Writes a decision whose guard has passed and whose locks are held. */
export async function writeDecision(
  store: Store,
  transaction: Transaction,
  decision: BuildDecision,
): Promise<void> {
  writeVersion(transaction, decision);
  writeProject(transaction, decision);
  if (decision.binding) writeBinding(store, transaction, decision, decision.binding);
  else if (decision.assignee) assign(store, transaction, decision, decision.assignee);
  await createTasks(store, transaction, decision);
  setTasks(transaction, decision);
  closeCall(store, transaction, decision);
  const { tenantId, idempotency } = decision;
  if (!idempotency) return;
  const answer = { tenantId, ...idempotency, createdAt: store.now() };
  transaction.put('answers', answerKey(tenantId, idempotency), answer);
}

function writeVersion(
  transaction: Transaction,
  { automationVersionStatus, automationVersionId }: BuildDecision,
): void {
  const version = transaction.get('automationVersions', automationVersionId);
  if (automationVersionStatus === null || !version) return;
  transaction.put('automationVersions', version.id, { ...version.row, status: automationVersionStatus });
}

function writeProject(transaction: Transaction, { project, guard }: BuildDecision): void {
  const stored = guard.project ? transaction.get('projects', guard.project.id) : undefined;
  if (!project || !stored) return;
  const { checklistProgress } = project;
  if (!Number.isInteger(checklistProgress) || checklistProgress < 0 || checklistProgress > 100) {
    throw new Error('checklistProgress must be a whole number from 0 to 100.');
  }
  transaction.put('projects', stored.id, {
    ...stored.row,
    status: project.status ?? stored.row.status,
    checklistProgress,
  });
}

function writeBinding(
  store: Store,
  transaction: Transaction,
  decision: BuildDecision,
  state: BindingState,
): void {
  if (state.status === 'active' && (state.workflowId === null || state.workflowUrl === null)) {
    throw new Error('An active binding must have a workflow id and a workflow URL.');
  }
  if (state.status === 'error' && state.errorReason === null)
    throw new Error('A binding in error must have an error reason.');
  if (state.status !== 'active' && state.adoption)
    throw new Error('Only an active binding can have an adopted workflow.');
  const { runInMs, followUpInMs, ...columns } = state;
  const stored = transaction.get('bindings', decision.bindingId)?.row;
  transaction.put('bindings', decision.bindingId, {
    id: decision.bindingId,
    tenantId: decision.tenantId,
    automationVersionId: decision.automationVersionId,
    projectId: decision.guard.project?.id ?? stored?.projectId ?? null,
    assigneeId: decision.assignee ? decision.assignee.id : (stored?.assigneeId ?? null),
    ...columns,
    runAt: store.now() + (runInMs ?? 0),
    leaseUntil: null,
    followUpAt: followUpInMs === null ? null : store.now() + followUpInMs,
    followUps: 0,
    decisionId: decision.id,
    createdAt: stored?.createdAt ?? store.now(),
    updatedAt: store.now(),
  });
}

function assign(
  store: Store,
  transaction: Transaction,
  { tenantId, bindingId }: BuildDecision,
  { id: assigneeId }: NonNullable<BuildDecision['assignee']>,
): void {
  const stored = ofTenant(transaction.get('bindings', bindingId), tenantId);
  if (stored) transaction.put('bindings', bindingId, { ...stored.row, assigneeId, updatedAt: store.now() });
}

async function createTasks(
  store: Store,
  transaction: Transaction,
  { tenantId, guard, createTasks }: BuildDecision,
): Promise<void> {
  if (!guard.project) return;
  const place = { contextType: 'project', contextId: guard.project.id, kind: BUILD_CHECKLIST };
  for (const { slug, title, category, status } of createTasks) {
    const task = { ...place, templateSlug: slug };
    await transaction.lock(taskSlugLock(task));
    const isThere = transaction
      .group('tasks', task.contextId)
      .some(({ row }) => taskSlugLock(row) === taskSlugLock(task));
    if (isThere) continue;
    const id = store.newId();
    transaction.put('tasks', id, { id, tenantId, ...task, title, category, status, isBlocker: false });
  }
}

function setTasks(transaction: Transaction, { tenantId, setTasks }: BuildDecision): void {
  for (const { taskId, status } of setTasks) {
    const task = ofTenant(transaction.get('tasks', taskId), tenantId);
    if (task) transaction.put('tasks', taskId, { ...task.row, status });
  }
}

/** Closes a ledger row. A closed one keeps its first answer, but for a workflow that is found where it was unknown. */
function closeCall(
  store: Store,
  transaction: Transaction,
  { id: decisionId, tenantId, bindingId, closeCall }: BuildDecision,
): void {
  const call = closeCall ? ofTenant(transaction.get('calls', closeCall.id), tenantId) : undefined;
  if (!closeCall || call?.row.bindingId !== bindingId) return;
  const isFound = call.row.outcome === 'unknown' && closeCall.outcome === 'created';
  if (call.row.outcome !== null && !isFound) return;
  const { id, findings, ...answer } = closeCall;
  const kept = findings.length > 0 ? findings : null;
  transaction.put('calls', id, { ...call.row, ...answer, findings: kept, decisionId, closedAt: store.now() });
}
