import * as z from 'zod';
import { flag, having, milliseconds, options } from '../../../core/input/option-kinds.js';
import { readOptions } from '../../../core/input/read-options.js';

const A_POOL = 'give a Pool of node-postgres: new pg.Pool({ … })';
const A_CLIENT = 'give the client that `begin` ran on: await pool.connect()';
const AN_INSTANCE = 'give an instance of PGlite: new PGlite()';
const A_DRIZZLE_TX = 'give the tx of db.transaction(async (tx) => …)';
const A_KYSELY_TX = 'give the trx of db.transaction().execute(async (trx) => …)';
const A_PGLITE_TX = 'give the tx of instance.transaction(async (tx) => …)';

const A_KNEX_TX = 'give the trx of knex.transaction(async (trx) => …)';
const A_POSTGRES_JS_TX = 'give the tx of sql.begin(async (tx) => …)';
const A_PRISMA_TX = 'give the tx of prisma.$transaction(async (tx) => …)';

/** An object of the host's driver, by its methods. */
const withMethods = <Name extends string>(methods: readonly Name[], give: string) =>
  having<Readonly<Record<Name, unknown>>>(methods, give);

const member = (value: unknown, name: string): unknown => Reflect.get(Object(value), name);

const POSTGRES_JS =
  'the library needs a pool of node-postgres beside it, which may be small: new pg.Pool({ … }); a transaction of postgres.js can be joined all the same: fromPostgresJs(tx)';

/** Whether it is the `sql` of postgres.js, in a transaction or not. */
export const isPostgresJs = (value: unknown) =>
  typeof value === 'function' && typeof member(value, 'unsafe') === 'function';

const poolSchema = z
  .unknown()
  .refine((value) => !isPostgresJs(value), {
    params: { wrong: 'is an sql of postgres.js' },
    error: POSTGRES_JS,
    abort: true,
  })
  .pipe(withMethods(['connect'], A_POOL))
  // Only a `Client` of node-postgres has this method: a `Pool` and test doubles have not.
  .refine((value) => typeof member(value, 'escapeIdentifier') !== 'function', {
    params: { wrong: 'is a client, which is one connection' },
    error: A_POOL,
  });

const nodePostgresSchema = options({
  pool: poolSchema,
  options: options({
    prepare: flag().default(true),
    listen: flag().default(true),
    acquireMs: milliseconds().default(5_000),
    statementMs: milliseconds().default(30_000),
  }),
});

/** Reads the options of `nodePostgres`. Throws a TypeError that lists what is wrong. */
export function readNodePostgresOptions(pool: unknown, chosen: unknown) {
  return readOptions('nodePostgres', nodePostgresSchema, { pool, options: chosen }).options;
}

const pgliteSchema = options({ instance: withMethods(['query', 'transaction', 'exec'], AN_INSTANCE) });

/** Throws a TypeError unless it is an instance of PGlite. */
export function checkPglite(instance: unknown): void {
  readOptions('pglite', pgliteSchema, { instance });
}

const pgClientSchema = options({
  // Only a `Pool` of node-postgres counts its clients.
  client: withMethods(['query'], A_CLIENT).refine(
    (value) => typeof member(value, 'totalCount') !== 'number',
    {
      params: { wrong: 'is a pool, which uses another connection for each statement' },
      error: A_CLIENT,
    },
  ),
});

/** Throws a TypeError unless it is a client of node-postgres. */
export function checkPgClient(client: unknown): void {
  readOptions('fromPg', pgClientSchema, { client });
}

const drizzleSchema = options({ tx: withMethods(['rollback'], A_DRIZZLE_TX) });

/** Throws a TypeError unless it is a transaction of Drizzle: a database has no `rollback`. */
export function checkDrizzleTransaction(tx: unknown): void {
  readOptions('fromDrizzle', drizzleSchema, { tx });
}

const kyselySchema = options({
  trx: withMethods(['withoutPlugins'], A_KYSELY_TX).refine(
    (value) => member(value, 'isTransaction') === true,
    {
      params: { wrong: 'is not a transaction' },
      error: A_KYSELY_TX,
    },
  ),
});

/** Throws a TypeError unless it is a transaction of Kysely. */
export function checkKyselyTransaction(trx: unknown): void {
  readOptions('fromKysely', kyselySchema, { trx });
}

const pgliteTxSchema = options({ tx: withMethods(['query', 'rollback'], A_PGLITE_TX) });

/** Throws a TypeError unless it is a transaction of PGlite: an instance has no `rollback`. */
export function checkPgliteTransaction(tx: unknown): void {
  readOptions('fromPglite', pgliteTxSchema, { tx });
}

const knexSchema = options({
  trx: withMethods(['raw'], A_KNEX_TX).refine((value) => member(value, 'isTransaction') === true, {
    params: { wrong: 'is not a transaction' },
    error: A_KNEX_TX,
  }),
});

/** Throws a TypeError unless it is a transaction of Knex. */
export function checkKnexTransaction(trx: unknown): void {
  readOptions('fromKnex', knexSchema, { trx });
}

const postgresJsSchema = options({ tx: withMethods(['unsafe', 'savepoint'], A_POSTGRES_JS_TX) });

/** Throws a TypeError unless it is a transaction of postgres.js: a database has no `savepoint`. */
export function checkPostgresJsTransaction(tx: unknown): void {
  readOptions('fromPostgresJs', postgresJsSchema, { tx });
}

const prismaSchema = options({
  tx: withMethods(['$queryRawUnsafe'], A_PRISMA_TX).refine(
    (value) => typeof member(value, '$connect') !== 'function',
    { params: { wrong: 'is not a transaction' }, error: A_PRISMA_TX },
  ),
});

/** Throws a TypeError unless it is a transaction of Prisma: the client itself has `$connect`. */
export function checkPrismaTransaction(tx: unknown): void {
  readOptions('fromPrisma', prismaSchema, { tx });
}

/** What the server would say of a statement after the end, where a library no longer sends it. */
export function overAlready(cause?: unknown): Error {
  return Object.assign(new Error('The transaction is over.', { cause }), { code: '25P01' });
}
