import { openHostTx, type PostgresTx } from '../transactions/transaction.js';
import type { Query, Statement, Value } from './database.js';
import { checkKyselyTransaction } from './driver-options.js';

interface KyselyExecutor {
  readonly executeQuery: (query: {
    readonly query: {
      readonly kind: 'RawNode';
      readonly sqlFragments: readonly string[];
      readonly parameters: readonly never[];
    };
    readonly queryId: { readonly queryId: string };
    readonly sql: string;
    readonly parameters: readonly unknown[];
  }) => Promise<{ readonly rows: unknown[] }>;
}

/** What is used of a Kysely `Transaction` or `ControlledTransaction` on Postgres. */
export interface KyselyTransaction {
  /** The type is `true` only in a transaction, so that passing a database does not compile. */
  readonly isTransaction: true;
  readonly withoutPlugins: () => KyselyExecutor;
}

/**
 * Wraps the transaction of a Kysely `db.transaction().execute(async (trx) => …)` or `db.startTransaction()` for
 * `requestBuild(…, { tx })`.
 *
 * Plugins are bypassed, since one that renames columns or parses JSON would change what is read. Do not use the result after
 * the transaction has ended. Statements are sent without a name. The database is not checked: see `fromPg`.
 *
 * @throws TypeError for a database, which is no transaction
 *
 * @example
 * ```ts
 * await db.transaction().execute(async (trx) => {
 *   await trx.updateTable('quotes').set({ status: 'signed' }).where('id', '=', quoteId).execute();
 *   await builds.requestBuild({ tenantId, automationVersionId, trigger: 'auto_build' }, { tx: fromKysely(trx) });
 * });
 * ```
 */
export function fromKysely(trx: KyselyTransaction): PostgresTx {
  checkKyselyTransaction(trx);
  const executor = trx.withoutPlugins();
  const query: Query = async <Row>({ name, text }: Statement, values: readonly Value[]) => {
    const { rows } = await executor.executeQuery({
      query: { kind: 'RawNode', sqlFragments: [text], parameters: [] },
      queryId: { queryId: name },
      sql: text,
      parameters: values,
    });
    return rows as Row[];
  };
  return openHostTx(trx, query);
}
