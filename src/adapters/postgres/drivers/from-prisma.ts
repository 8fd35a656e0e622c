import { textIn } from '../errors/driver-error.js';
import { openHostTx, type PostgresTx } from '../transactions/transaction.js';
import type { Query, Statement, Value } from './database.js';
import { checkPrismaTransaction, overAlready } from './driver-options.js';

/** What is used of a Prisma `TransactionClient` on Postgres. */
export interface PrismaTransaction {
  /** Runs one statement, and returns its rows. */
  readonly $queryRawUnsafe: <Rows = unknown>(text: string, ...values: Value[]) => PromiseLike<Rows>;
  /**
   * Only the client itself has it, so that passing that does not compile.
   *
   * @default absent
   */
  readonly $connect?: never;
}

/**
 * Wraps the interactive transaction of a Prisma `prisma.$transaction(async (tx) => …)` for `requestBuild(…, { tx })`.
 *
 * Begin it as READ COMMITTED, which is the default of Postgres. Prisma ends it after its `timeout`, 5 seconds by default: give
 * it more than `lockWaitMs`. The database is not checked: see `fromPg`.
 *
 * @throws TypeError for the client itself, which is no transaction
 *
 * @example
 * ```ts
 * import { fromPrisma } from 'wrk-builds/postgres';
 *
 * await prisma.$transaction(
 *   async (tx) => {
 *     await tx.quote.update({ where: { id: quoteId }, data: { status: 'signed' } });
 *     await builds.requestBuild({ tenantId, automationVersionId, trigger: 'auto_build' }, { tx: fromPrisma(tx) });
 *   },
 *   { timeout: 20_000 },
 * );
 * ```
 */
export function fromPrisma(tx: PrismaTransaction): PostgresTx {
  checkPrismaTransaction(tx);
  const query: Query = async <Row>({ text }: Statement, values: readonly Value[]) => {
    try {
      return await tx.$queryRawUnsafe<Row[]>(text, ...values);
    } catch (problem) {
      throw asOfPostgres(problem);
    }
  };
  return openHostTx(tx, query);
}

const member = (value: unknown, name: string): unknown => Reflect.get(Object(value), name);

/** Prisma's "Transaction API error": it is over, by whichever way. */
const IS_OVER = 'P2028';

/**
 * What the server said, which Prisma wraps: behind a driver adapter as `meta.driverAdapterError.cause`, from its own engine as
 * `meta` itself.
 */
function asOfPostgres(problem: unknown): unknown {
  if (textIn(problem, 'code') === IS_OVER) return overAlready(problem);
  const meta = member(problem, 'meta');
  const cause = member(member(meta, 'driverAdapterError'), 'cause');
  const code = textIn(cause, 'originalCode') ?? textIn(cause, 'code') ?? textIn(meta, 'code');
  if (code === null) return problem;
  const message =
    textIn(cause, 'originalMessage') ?? textIn(cause, 'message') ?? textIn(meta, 'message') ?? '';
  return Object.assign(new Error(message), {
    code,
    detail: textIn(cause, 'detail'),
    table: textIn(cause, 'table') ?? quotedAfter('relation', message),
    constraint: textIn(member(cause, 'constraint'), 'index') ?? quotedAfter('constraint', message),
    column: textIn(cause, 'column'),
  });
}

/** A name that the message has and Prisma drops. */
const quotedAfter = (noun: string, message: string) =>
  new RegExp(`${noun} "([^"]+)"`).exec(message)?.[1] ?? null;
