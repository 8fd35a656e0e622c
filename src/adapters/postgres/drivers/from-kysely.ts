import { openHostTx, type PostgresTx } from '../transactions/transaction.js';
import type { Query, Statement, Value } from './database.js';

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

/** The part of a Kysely `Transaction` on Postgres that is used; a controlled one has it too. */
export interface KyselyTransaction {
  /** `true` by its type in a transaction only, so that a database does not compile. */
  readonly isTransaction: true;
  readonly withoutPlugins: () => KyselyExecutor;
}

/**
 * The transaction of a Kysely `db.transaction().execute(async (trx) => …)`, or of `db.startTransaction()`, for
 * `requestBuild(…, { tx })`.
 *
 * Plugins are left out, since one that renames columns or parses JSON would change what is read. Do not use it once the
 * transaction has ended. Statements are sent without a name. Which database it is on is not checked: see `fromPg`.
 *
 * Throws a `TypeError` for a database that is no transaction.
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
  if (!trx.isTransaction) {
    throw new TypeError(
      'This is a Kysely database and no transaction: give the trx of db.transaction().execute(async (trx) => …).',
    );
  }
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
