import type { BuildDecision, Verdict } from '../../core/build/decision.js';
import { claimsOf, locksOf, refuseContradictions, stillStands } from './guard.js';
import { answerKey } from './load-requests.js';
import { compositeKey } from './rows.js';
import type { Store } from './store.js';
import { rowLock, type Transaction } from './transaction.js';
import { writeDecision } from './write-decision.js';

/**
 * `Repository.save`: lock without waiting, compare, accept one decision for each project, check the two unique keys, write.
 * All guards are compared before anything is written, so that a rival item of the same call is `stale` only because the
 * first one was accepted.
 */
export async function save(
  store: Store,
  transaction: Transaction,
  decisions: readonly BuildDecision[],
): Promise<readonly Verdict[]> {
  for (const decision of decisions) refuseContradictions(decision);
  const passes = decisions.map((decision): Verdict => {
    if (!transaction.tryLocks(locksOf(transaction, decision))) return 'busy';
    if (!stillStands(transaction, decision)) return 'stale';
    return transaction.tryLocks(keyLocksOf(decision)) ? 'ok' : 'busy';
  });
  const taken = new Set<string>();
  const verdicts: Verdict[] = [];
  for (const [index, decision] of decisions.entries()) {
    const pass = passes[index] ?? 'stale';
    verdicts.push(pass === 'ok' ? await writeUnlessTaken(store, transaction, decision, taken) : pass);
  }
  return verdicts;
}

async function writeUnlessTaken(
  store: Store,
  transaction: Transaction,
  decision: BuildDecision,
  taken: Set<string>,
): Promise<Verdict> {
  const claims = claimsOf(decision);
  if (claims.some((claim) => taken.has(claim))) return 'stale';
  if (keyIsTaken(transaction, decision)) return 'key_taken';
  if (await workflowIsTaken(transaction, decision)) return 'workflow_taken';
  await writeDecision(store, transaction, decision);
  for (const claim of claims) taken.add(claim);
  return 'ok';
}

/** Held by the transaction that uses the key, until it ends. */
function keyLocksOf({ tenantId, idempotency }: BuildDecision): readonly string[] {
  return idempotency ? [rowLock('answers', answerKey(tenantId, idempotency))] : [];
}

function keyIsTaken(transaction: Transaction, { tenantId, idempotency }: BuildDecision): boolean {
  return idempotency !== null && transaction.get('answers', answerKey(tenantId, idempotency)) !== undefined;
}

/** Waits for a concurrent transaction that stores the same workflow, as a unique index would. */
async function workflowIsTaken(
  transaction: Transaction,
  { bindingId, binding }: BuildDecision,
): Promise<boolean> {
  const workflowId = binding?.workflowId ?? null;
  if (workflowId === null) return false;
  await transaction.lock(compositeKey('workflow', workflowId));
  return transaction.all('bindings').some(({ id, row }) => id !== bindingId && row.workflowId === workflowId);
}
