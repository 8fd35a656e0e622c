import { systemRuntime } from '../../../runtime/system-runtime.js';
import { openHostTx, type PostgresTx } from '../transactions/transaction.js';
import { type PgliteQueries, queryOn } from './pglite.js';

/** The part of a PGlite transaction that is used. */
export interface PgliteTransaction extends PgliteQueries {
  /** A transaction has it and an instance has not, so that an instance does not compile. */
  readonly rollback: () => Promise<void>;
}

/**
 * The transaction of a PGlite `instance.transaction(async (tx) => …)`, for `requestBuild(…, { tx })`.
 *
 * Do not use it once the transaction has ended. Until then everything else on the instance waits, a `requestBuild`
 * without this `tx` included: awaited in there, that would wait for ever.
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
  return openHostTx(tx, queryOn(systemRuntime, tx));
}
