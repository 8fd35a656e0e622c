import type { PGlite, Transaction as PgliteTx } from '@electric-sql/pglite';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { PgliteDatabase } from 'drizzle-orm/pglite';
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import type { Knex } from 'knex';
import type { ControlledTransaction, Kysely, Transaction } from 'kysely';
import type pg from 'pg';
import type postgresJs from 'postgres';
import { describe, expectTypeOf, it } from 'vitest';
import type { HostPrerequisite } from 'wrk-builds';
import type { MemoryTx } from 'wrk-builds/memory';
import type {
  DrizzleTransaction,
  KnexTransaction,
  KyselyTransaction,
  PgliteTransaction,
  PgTransactionClient,
  PostgresJsTransaction,
  PostgresTx,
  PrismaTransaction,
} from 'wrk-builds/postgres';
import type { Builds } from '../../src/builds.js';
import { createBuilds } from '../../src/create-builds.js';
import type { BuildsOptions } from '../../src/input/builds-options.js';
import type { PrismaClient } from '../adapters/postgres/host-transactions/prisma-client.js';

/** What the callback of a Drizzle `transaction` is given. */
type TransactionOf<Database extends { transaction: (work: never) => unknown }> = Parameters<
  Parameters<Database['transaction']>[0]
>[0];

interface Schema {
  readonly quotes: { id: string; status: string };
}

describe('a transaction as its library has it', () => {
  it('of node-postgres is taken: a client of a pool, or one by itself', () => {
    expectTypeOf<pg.PoolClient>().toExtend<PgTransactionClient>();
    expectTypeOf<pg.Client>().toExtend<PgTransactionClient>();
  });

  it('of Drizzle is taken, over every driver that has transactions, nested too; a database is not', () => {
    type OverPg = TransactionOf<NodePgDatabase>;
    expectTypeOf<OverPg>().toExtend<DrizzleTransaction>();
    expectTypeOf<TransactionOf<OverPg>>().toExtend<DrizzleTransaction>();
    expectTypeOf<TransactionOf<NodePgDatabase<{ quotes: never }>>>().toExtend<DrizzleTransaction>();
    expectTypeOf<TransactionOf<PgliteDatabase>>().toExtend<DrizzleTransaction>();
    expectTypeOf<TransactionOf<PostgresJsDatabase>>().toExtend<DrizzleTransaction>();
    expectTypeOf<NodePgDatabase>().not.toExtend<DrizzleTransaction>();
    expectTypeOf<PgliteDatabase>().not.toExtend<DrizzleTransaction>();
  });

  it('of Kysely is taken, controlled or not; a database is not', () => {
    expectTypeOf<Transaction<Schema>>().toExtend<KyselyTransaction>();
    expectTypeOf<ControlledTransaction<Schema>>().toExtend<KyselyTransaction>();
    expectTypeOf<Kysely<Schema>>().not.toExtend<KyselyTransaction>();
  });

  it('of PGlite is taken; an instance is not', () => {
    expectTypeOf<PgliteTx>().toExtend<PgliteTransaction>();
    expectTypeOf<PGlite>().not.toExtend<PgliteTransaction>();
  });

  it('D7 of Knex, postgres.js and Prisma is taken; a database is not', () => {
    expectTypeOf<Knex.Transaction>().toExtend<KnexTransaction>();
    expectTypeOf<Knex>().not.toExtend<KnexTransaction>();
    expectTypeOf<postgresJs.TransactionSql>().toExtend<PostgresJsTransaction>();
    expectTypeOf<postgresJs.Sql>().not.toExtend<PostgresJsTransaction>();
    expectTypeOf<Parameters<Parameters<PrismaClient['$transaction']>[0]>[0]>().toExtend<PrismaTransaction>();
    expectTypeOf<PrismaClient>().not.toExtend<PrismaTransaction>();
  });

  it('is no transaction of ours by itself', () => {
    expectTypeOf<pg.PoolClient>().not.toExtend<PostgresTx>();
    expectTypeOf<Transaction<Schema>>().not.toExtend<PostgresTx>();
  });
});

describe('the transaction that a request joins', () => {
  type TxOf<Library> = Library extends Builds<infer Tx> ? Tx : 'not a library';

  it('is of the family that the library was wired on', () => {
    const wired = (options: BuildsOptions<PostgresTx>) => createBuilds(options);
    type OnPostgres = ReturnType<typeof wired>;
    expectTypeOf<TxOf<OnPostgres>>().toEqualTypeOf<PostgresTx>();
    expectTypeOf<{ tx: PostgresTx }>().toExtend<Parameters<OnPostgres['requestBuild']>[1]>();
    expectTypeOf<{ tx: MemoryTx }>().not.toExtend<Parameters<OnPostgres['requestBuild']>[1]>();
    expectTypeOf<{ tx: PostgresTx }>().not.toExtend<Parameters<Builds<MemoryTx>['requestBuild']>[1]>();
    expectTypeOf<Builds<PostgresTx>>().not.toExtend<Builds<MemoryTx>>();
    expectTypeOf<Builds<MemoryTx>>().not.toExtend<Builds<PostgresTx>>();
  });

  it('C3 is what prerequisites get, and one that asks no database takes any', () => {
    type Of<Tx> = NonNullable<BuildsOptions<Tx>['prerequisites']>[number];
    expectTypeOf<Parameters<Of<PostgresTx>>[0]['tx']>().toEqualTypeOf<PostgresTx | undefined>();
    expectTypeOf<HostPrerequisite>().toExtend<Of<PostgresTx>>();
    expectTypeOf<HostPrerequisite<MemoryTx>>().not.toExtend<Of<PostgresTx>>();
  });

  it('is none where no family is named, and every library is one of those', () => {
    expectTypeOf<TxOf<Builds>>().toEqualTypeOf<never>();
    expectTypeOf<Builds<PostgresTx>>().toExtend<Builds>();
    expectTypeOf<Builds<MemoryTx>>().toExtend<Builds>();
  });
});
