import { systemRuntime } from '../../../runtime/system-runtime.js';
import { openHostTx, type PostgresTx } from '../transactions/transaction.js';
import { checkPgliteTransaction } from './driver-options.js';
import { type PgliteQueries, queryOn } from './pglite.js';

/** What is used of a PGlite transaction. */
export interface PgliteTransaction extends PgliteQueries {
  /** Only a transaction has it, so that passing an instance does not compile. */
  readonly rollback: () => Promise<void>;
}

/**
 * Wraps the transaction of a PGlite `instance.transaction(async (tx) => …)` for `requestBuild(…, { tx })`.
 *
 * Do not use the result after the transaction has ended. Until then everything else on the instance waits, including a
 * `requestBuild` without this `tx`: awaiting one inside the transaction would deadlock.
 *
 * @throws TypeError for an instance, which is no transaction
 *
 * @example
 * ```ts
 * await instance.transaction(async (tx) => {
 *   await tx.query(`update quotes set status = 'signed' where id = $1`, [quoteId]);
 *   await builds.requestBuild({ tenantId, automationVersionId, trigger: 'auto_build' }, { tx: fromPglite(tx) });
 * });
 * ```
 */
export function fromPglite(tx: PgliteTransaction): PostgresTx {
  checkPgliteTransaction(tx);
  return openHostTx(tx, queryOn(systemRuntime, tx));
}
